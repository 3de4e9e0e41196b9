/* The picture of the flow between levels: bands from the level before to the level now. */
#include "report/html_pictures.h"

#include "base/error.h"

#include <stdlib.h>
#include <string.h>

enum {
    HEAD = 240,        /* the line above the picture */
    NODES_LEFT = 1300, /* right edge of the nodes on the left */
    NODE_WIDTH = 90,
    NODE_MIN = 260, /* two lines of letters */
    NODE_GAP = 110,
    BANDS_HEIGHT = 1500,
    BAND_MIN = 12,
    LABEL_SPACE = 70, /* between node and label */
    LABEL_WIDTH = NODES_LEFT - NODE_WIDTH - LABEL_SPACE,
};

/* A level on one side, or those without one: new on the left, gone on the right. */
typedef struct Node {
    const char *name; /* NULL: without a level */
    int64_t members;  /* who left it, or came */
    int height;
    int y;
    int used; /* of the height, by bands */
} Node;

typedef struct Side {
    Node *nodes; /* the highest first */
    size_t count;
} Side;

static bool same_name(const char *one, const char *other)
{
    return one == NULL || other == NULL ? one == other : strcmp(one, other) == 0;
}

static Node *node_of(Side *side, const char *name)
{
    size_t index = 0;
    while (index < side->count && !same_name(side->nodes[index].name, name)) {
        index++;
    }
    if (index == side->count) {
        side->nodes[side->count++] = (Node){.name = name};
    }
    return &side->nodes[index];
}

static bool moved(const ReportTable *flows, size_t row)
{
    return strcmp(report_text(flows, row, "direction"), "same") != 0;
}

static int band_height(const ReportTable *flows, size_t row, int64_t total)
{
    int height = chart_scale(report_number(flows, row, "members"), total, BANDS_HEIGHT);
    return height > BAND_MIN ? height : BAND_MIN;
}

/* Nodes in the order of the levels, the highest first; the flows come lowest first. */
static void fill_sides(const Report *report, const ReportTable *flows, int64_t total, Side *before,
                       Side *after)
{
    const ReportTable *levels = report_table(report, "levels");
    for (size_t row = flows->row_count; row-- > 0;) {
        (void)(moved(flows, row) ? node_of(before, report_text(flows, row, "from_level")) : NULL);
    }
    for (size_t rank = levels->row_count; rank-- > 0;) {
        const char *name = report_text(levels, rank, "level");
        for (size_t row = 0; row < flows->row_count; row++) {
            if (moved(flows, row) && same_name(report_text(flows, row, "to_level"), name)) {
                (void)node_of(after, name);
            }
        }
    }
    for (size_t row = 0; row < flows->row_count; row++) {
        if (moved(flows, row)) {
            Node *ends[] = {node_of(before, report_text(flows, row, "from_level")),
                            node_of(after, report_text(flows, row, "to_level"))};
            for (size_t i = 0; i < 2; i++) {
                ends[i]->members += report_number(flows, row, "members");
                ends[i]->height += band_height(flows, row, total);
            }
        }
    }
}

/* Puts the nodes of a side one below the other; returns where they end. */
static int place_side(Side *side)
{
    int y = HEAD;
    for (size_t i = 0; i < side->count; i++) {
        Node *node = &side->nodes[i];
        node->y = y;
        int room = node->height > NODE_MIN ? node->height : NODE_MIN;
        node->used = (room - node->height) / 2;
        y += room + NODE_GAP;
    }
    return y;
}

static void put_side(OutputFile *file, const Side *side, bool left)
{
    int bar = left ? NODES_LEFT - NODE_WIDTH : CHART_WIDTH - NODES_LEFT;
    int label = left ? bar - LABEL_SPACE : bar + NODE_WIDTH + LABEL_SPACE;
    for (size_t i = 0; i < side->count; i++) {
        const Node *node = &side->nodes[i];
        int room = node->height > NODE_MIN ? node->height : NODE_MIN;
        const char *without = left ? "new members" : "left";
        const char *anchor = left ? "end" : "start";
        output_printf(file, "<rect class=\"node\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>\n",
                      bar, node->y + (room - node->height) / 2, NODE_WIDTH, node->height);
        chart_put_label(file, label, node->y + room / 2 - 25, anchor,
                        node->name == NULL ? without : node->name, LABEL_WIDTH);
        output_printf(file, "<text class=\"value\" x=\"%d\" y=\"%d\" text-anchor=\"%s\">", label,
                      node->y + room / 2 + 115, anchor);
        bool leaves = left && node->name != NULL;
        html_put_count(file, leaves ? -node->members : node->members, node->name != NULL);
        output_put_text(file, "</text>\n");
    }
}

static void put_band(OutputFile *file, const ReportTable *flows, size_t row, int64_t total,
                     Node *from, Node *to)
{
    int height = band_height(flows, row, total);
    int x0 = NODES_LEFT;
    int x1 = CHART_WIDTH - NODES_LEFT;
    int middle = CHART_WIDTH / 2;
    int y0 = from->y + from->used;
    int y1 = to->y + to->used;
    output_printf(file, "<path class=\"band %s\" d=\"M%d %dC%d %d %d %d %d %d",
                  report_text(flows, row, "direction"), x0, y0, middle, y0, middle, y1, x1, y1);
    output_printf(file, "V%dC%d %d %d %d %d %dZ\"><title>", y1 + height, middle, y1 + height,
                  middle, y0 + height, x0, y0 + height);
    html_put_text(file, from->name == NULL ? "new members" : from->name);
    output_put_text(file, " \xe2\x86\x92 ");
    html_put_text(file, to->name == NULL ? "left" : to->name);
    output_put_text(file, ": ");
    html_put_count(file, report_number(flows, row, "members"), false);
    output_put_text(file, "</title></path>\n");
    from->used += height;
    to->used += height;
}

static void draw_flow(OutputFile *file, const Report *report, const ReportTable *flows,
                      int64_t total)
{
    Side before = {memory_alloc(flows->row_count + 1, sizeof *before.nodes), 0};
    Side after = {memory_alloc(flows->row_count + 1, sizeof *after.nodes), 0};
    fill_sides(report, flows, total, &before, &after);
    int ends[] = {place_side(&before), place_side(&after)};
    chart_begin_svg(file, "flow", ends[0] > ends[1] ? ends[0] : ends[1]);
    chart_put_label(file, NODES_LEFT, 110, "end", "a month before", NODES_LEFT);
    chart_put_label(file, CHART_WIDTH - NODES_LEFT, 110, "start", "now", NODES_LEFT);
    /* Those to the highest level first, those who left last, as the nodes stand: the bands of a
     * node do not cross. */
    for (size_t turn = 0; turn < 2; turn++) {
        for (size_t row = flows->row_count; row-- > 0;) {
            const char *from = report_text(flows, row, "from_level");
            const char *to = report_text(flows, row, "to_level");
            if (moved(flows, row) && (to == NULL) == (turn == 1)) {
                put_band(file, flows, row, total, node_of(&before, from), node_of(&after, to));
            }
        }
    }
    put_side(file, &before, true);
    put_side(file, &after, false);
    chart_end_svg(file);
    free(before.nodes);
    free(after.nodes);
}

/* New members above the first level: they came from it (contract 5.2). */
static int64_t new_members_up(const Report *report, const ReportTable *flows)
{
    const ReportTable *levels = report_table(report, "levels");
    int64_t sum = 0;
    for (size_t row = 0; row < flows->row_count && levels->row_count > 0; row++) {
        if (strcmp(report_text(flows, row, "direction"), "new") == 0 &&
            strcmp(report_text(flows, row, "to_level"), report_text(levels, 0, "level")) != 0) {
            sum += report_number(flows, row, "members");
        }
    }
    return sum;
}

static int64_t members_going(const ReportTable *flows, const char *direction)
{
    int64_t sum = 0;
    for (size_t row = 0; row < flows->row_count; row++) {
        if (strcmp(report_text(flows, row, "direction"), direction) == 0) {
            sum += report_number(flows, row, "members");
        }
    }
    return sum;
}

static const char *const directions[] = {"up", "down", "program", "new", "left"};
enum { DIRECTION_COUNT = sizeof directions / sizeof directions[0], FIRST_ALWAYS_SAID = 2 };

static int64_t members_moved(const ReportTable *flows)
{
    int64_t sum = 0;
    for (size_t i = 0; i < DIRECTION_COUNT; i++) {
        sum += members_going(flows, directions[i]);
    }
    return sum;
}

static bool is_first_period(const Report *report)
{
    const ReportTable *history = report_table(report, "level_history");
    return history->row_count > 0 &&
           strcmp(report_text(history, 0, "period"), report_identity(report).period) == 0;
}

/* In words; of what is rare only what is there. */
static void put_movement(OutputFile *file, const Report *report, const ReportTable *flows)
{
    static const char *const words[DIRECTION_COUNT] = {
        " up, ", " down, ", " from a level that is none any more, ", " new, ", " left, "};
    output_put_text(file, is_first_period(report) ? "The first closed period: everybody is new. "
                                                  : "Since the month before: ");
    for (size_t i = 0; i < DIRECTION_COUNT; i++) {
        int64_t members = members_going(flows, directions[i]);
        if (members > 0 || i < FIRST_ALWAYS_SAID) {
            html_put_count(file, members, false);
            output_put_text(file, words[i]);
        }
    }
    html_put_count(file, members_going(flows, "same"), false);
    output_put_text(file, " stayed where they were.");
    int64_t new_up = new_members_up(report, flows);
    if (new_up > 0) {
        output_put_text(file, " Of the new, ");
        html_put_count(file, new_up, false);
        output_put_text(file, new_up == 1 ? " is" : " are");
        output_put_text(file, " above the first level: a level change, too.");
    }
}

void html_put_flow(OutputFile *file, const Report *report)
{
    static const HtmlColumn columns[] = {
        {"From", "from_level", HTML_TEXT},
        {"To", "to_level", HTML_TEXT},
        {"Direction", "direction", HTML_TEXT},
        {"Members", "members", HTML_SUM},
    };
    static const HtmlTable table = {"flows", "Flow between levels", "There are no members.",
                                    HTML_COLUMNS(columns)};
    const ReportTable *flows = report_table(report, "flows");
    int64_t total = members_moved(flows);
    chart_begin_figure(file, "flow", "Flow between levels", HTML_COLUMN_COUNT(columns));
    put_movement(file, report, flows);
    chart_end_caption(file);
    if (total > 0) {
        draw_flow(file, report, flows, total);
    } else {
        output_put_text(file, "<p class=\"empty\">Nobody changed level, came or left.</p>\n");
    }
    chart_begin_numbers(file, "Flow between levels");
    html_put_table(file, flows, &table);
    chart_end_numbers(file);
}
