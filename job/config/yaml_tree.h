/*
 * YAML text to a tree of nodes with places (libyaml's events; nothing here recurses).
 *
 * Refused: anchors, aliases, tags, more than one document, keys that are lists or maps, more than
 * CONFIG_DEPTH_MAX levels, more than NODES_MAX values. Doubled keys are found later, by read_map
 * and the readers of free maps, which know how many keys there can be.
 */
#pragma once

#include "config/reader.h"

enum { NODES_MAX = 200 * 1000 };

/* The text must have passed characters_check. The nodes live in the reader's arena. */
MUST_CHECK bool yaml_tree_parse(const Reader *reader, const char *text, size_t length,
                                const Node **ret_root, Error *reterr);
