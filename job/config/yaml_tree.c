#include "config/yaml_tree.h"

#include "config/load.h"

#include <string.h>
#include <yaml.h>

typedef struct Builder {
    const Reader *reader;
    Node *open[CONFIG_DEPTH_MAX];      /* the lists and maps around the current place */
    const Node *key[CONFIG_DEPTH_MAX]; /* in each map: the key that waits for its value */
    size_t depth;
    size_t node_count;
    const Node *root;
    size_t document_count;
    bool done;
} Builder;

static FilePlace mark_place(yaml_mark_t mark)
{
    /* The file has at most CONFIG_BYTES_MAX bytes, so both fit. */
    return (FilePlace){(int32_t)mark.line + 1, (int32_t)mark.column + 1};
}

/* Hangs a node under the innermost open list or map; a scalar may become a map's next key. */
static bool builder_attach(Builder *builder, Node *node, Error *reterr)
{
    if (builder->depth == 0) {
        builder->root = node;
        return true;
    }
    size_t top = builder->depth - 1;
    Node *parent = builder->open[top];
    if (parent->type == NODE_MAP && builder->key[top] == NULL) {
        if (node->type != NODE_SCALAR) {
            return reader_fault(builder->reader, node->place, reterr,
                                "write a key as one word, followed by a colon.", "a key is a %s",
                                node->type == NODE_LIST ? "list" : "map");
        }
        builder->key[top] = node;
        return true;
    }
    node->key = builder->key[top];
    builder->key[top] = NULL;
    if (parent->last == NULL) {
        parent->first = node;
    } else {
        parent->last->next = node;
    }
    parent->last = node;
    parent->count++;
    return true;
}

static bool builder_add(Builder *builder, Node content, Error *reterr)
{
    if (builder->node_count == NODES_MAX) {
        return reader_fault(builder->reader, content.place, reterr,
                            "is this the right file? A programme needs a few hundred.",
                            "more than %d values", NODES_MAX);
    }
    builder->node_count++;
    Node *node = arena_alloc(builder->reader->arena, 1, sizeof *node);
    *node = content;
    if (!builder_attach(builder, node, reterr)) {
        return false;
    }
    if (node->type == NODE_SCALAR) {
        return true;
    }
    if (builder->depth == CONFIG_DEPTH_MAX) {
        return reader_fault(builder->reader, node->place, reterr,
                            "a programme needs 7; look for brackets that are not closed.",
                            "more than %d lists and maps inside each other", CONFIG_DEPTH_MAX);
    }
    builder->key[builder->depth] = NULL;
    builder->open[builder->depth++] = node;
    return true;
}

/* An anchor, an alias or a tag: what it is, and why not. */
static bool fault_extra(const Builder *builder, const yaml_event_t *event, const char *what,
                        Error *reterr)
{
    const char *hint = strcmp(what, "a tag") == 0
                           ? "remove it; tags are not read."
                           : "write the value out in each place; anchors and aliases are not read.";
    return reader_fault(builder->reader, mark_place(event->start_mark), reterr, hint,
                        "%s is not allowed", what);
}

static bool builder_add_scalar(Builder *builder, const yaml_event_t *event, Error *reterr)
{
    if (event->data.scalar.anchor != NULL) {
        return fault_extra(builder, event, "an anchor", reterr);
    }
    if (event->data.scalar.tag != NULL) {
        return fault_extra(builder, event, "a tag", reterr);
    }
    size_t length = event->data.scalar.length;
    Node node = {
        .type = NODE_SCALAR,
        .quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE,
        .place = mark_place(event->start_mark),
        .text = arena_copy(builder->reader->arena, (const char *)event->data.scalar.value, length),
        .length = length,
    };
    return builder_add(builder, node, reterr);
}

static bool builder_open(Builder *builder, const yaml_event_t *event, NodeType type,
                         const yaml_char_t *anchor, const yaml_char_t *tag, Error *reterr)
{
    if (anchor != NULL) {
        return fault_extra(builder, event, "an anchor", reterr);
    }
    if (tag != NULL) {
        return fault_extra(builder, event, "a tag", reterr);
    }
    Node node = {.type = type, .place = mark_place(event->start_mark)};
    return builder_add(builder, node, reterr);
}

static bool builder_begin_document(Builder *builder, const yaml_event_t *event, Error *reterr)
{
    FilePlace place = mark_place(event->start_mark);
    if (builder->document_count++ > 0) {
        return reader_fault(builder->reader, place, reterr,
                            "a file holds one programme; remove the line --- or use two files.",
                            "a second document begins here");
    }
    return true;
}

static bool builder_take(Builder *builder, const yaml_event_t *event, Error *reterr)
{
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        return builder_begin_document(builder, event, reterr);
    case YAML_ALIAS_EVENT:
        return fault_extra(builder, event, "an alias", reterr);
    case YAML_SCALAR_EVENT:
        return builder_add_scalar(builder, event, reterr);
    case YAML_SEQUENCE_START_EVENT:
        return builder_open(builder, event, NODE_LIST, event->data.sequence_start.anchor,
                            event->data.sequence_start.tag, reterr);
    case YAML_MAPPING_START_EVENT:
        return builder_open(builder, event, NODE_MAP, event->data.mapping_start.anchor,
                            event->data.mapping_start.tag, reterr);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        builder->depth--;
        return true;
    case YAML_STREAM_END_EVENT:
        builder->done = true;
        return true;
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_DOCUMENT_END_EVENT:
        break;
    }
    return true;
}

/* libyaml's own words, with the line where the unfinished thing began. */
static bool fault_syntax(const Builder *builder, const yaml_parser_t *parser, Error *reterr)
{
    if (parser->error == YAML_MEMORY_ERROR) {
        return error_set(reterr, EXIT_BUG, "give the job more memory and run it again.",
                         "%s: out of memory while reading", builder->reader->file);
    }
    char context[200] = "";
    if (parser->context != NULL) {
        (void)snprintf(context, sizeof context, ", %s that begins at line %d", parser->context,
                       mark_place(parser->context_mark).line);
    }
    return reader_fault(builder->reader, mark_place(parser->problem_mark), reterr,
                        "check indentation, colons, brackets and quotation marks up to here.",
                        "not valid YAML: %s%s",
                        parser->problem == NULL ? "unreadable" : parser->problem, context);
}

static bool builder_run(Builder *builder, yaml_parser_t *parser, Error *reterr)
{
    while (!builder->done) {
        yaml_event_t event;
        if (yaml_parser_parse(parser, &event) == 0) {
            return fault_syntax(builder, parser, reterr);
        }
        bool taken = builder_take(builder, &event, reterr);
        yaml_event_delete(&event);
        if (!taken) {
            return false;
        }
    }
    return true;
}

bool yaml_tree_parse(const Reader *reader, const char *text, size_t length, const Node **ret_root,
                     Error *reterr)
{
    yaml_parser_t parser;
    if (yaml_parser_initialize(&parser) == 0) {
        return error_set(reterr, EXIT_BUG, "give the job more memory and run it again.",
                         "%s: out of memory while reading", reader->file);
    }
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, length);
    Builder builder = {.reader = reader};
    bool parsed = builder_run(&builder, &parser, reterr);
    yaml_parser_delete(&parser);
    if (!parsed) {
        return false;
    }
    if (builder.root == NULL) {
        return reader_fault(reader, (FilePlace){1, 1}, reterr,
                            "copy one of the programmes that are shipped and change it.",
                            "the file is empty");
    }
    *ret_root = builder.root;
    return true;
}
