/* The picture of what is to come: who is close to the next level, who falls at the next close. */
#include "report/html_pictures.h"

enum {
    HEAD = 300,
    ROW = 470,
    BAR_OFFSET = 190, /* below the level's name */
    BAR_HEIGHT = 170,
    MIDDLE = CHART_WIDTH / 2,
    BAR_MAX = 1380, /* leaves room for the number at its end */
    BAR_MIN = 12,
};

static int64_t largest(const ReportTable *levels)
{
    int64_t most = 1;
    for (size_t row = 0; row < levels->row_count; row++) {
        int64_t near = report_number(levels, row, "near_next");
        int64_t falling = report_number(levels, row, "falling");
        most = near > most ? near : most;
        most = falling > most ? falling : most;
    }
    return most;
}

/* A bar from the middle to one side, with its number at the end. */
static void put_bar(OutputFile *file, int y, int64_t members, int64_t most, bool right)
{
    int length = chart_scale(members, most, BAR_MAX);
    if (members > 0) {
        length = length > BAR_MIN ? length : BAR_MIN;
        output_printf(file, "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>\n",
                      right ? "near" : "falling", right ? MIDDLE : MIDDLE - length, y, length,
                      BAR_HEIGHT);
    }
    output_printf(file, "<text class=\"value\" x=\"%d\" y=\"%d\" text-anchor=\"%s\">",
                  right ? MIDDLE + length + 60 : MIDDLE - length - 60, y + BAR_HEIGHT / 2 + 42,
                  right ? "start" : "end");
    html_put_count(file, members, false);
    output_put_text(file, "</text>\n");
}

static void draw_outlook(OutputFile *file, const ReportTable *levels)
{
    int64_t most = largest(levels);
    int height = HEAD + ROW * (int)levels->row_count;
    chart_begin_svg(file, "outlook", height);
    chart_put_label(file, MIDDLE - 60, 120, "end", "\xe2\x86\x90 will fall", CHART_WIDTH);
    chart_put_label(file, MIDDLE + 60, 120, "start", "close to the next level \xe2\x86\x92",
                    CHART_WIDTH);
    for (size_t rank = levels->row_count; rank-- > 0;) {
        int y = HEAD + ROW * (int)(levels->row_count - 1 - rank);
        chart_put_label(file, MIDDLE, y + 120, "middle", report_text(levels, rank, "level"),
                        CHART_WIDTH);
        if (rank > 0) { /* nobody falls from the lowest level, or is close to above the highest */
            put_bar(file, y + BAR_OFFSET, report_number(levels, rank, "falling"), most, false);
        }
        if (!report_is_null(levels, rank, "near_next")) {
            put_bar(file, y + BAR_OFFSET, report_number(levels, rank, "near_next"), most, true);
        }
    }
    chart_end_svg(file);
}

static void put_sum(OutputFile *file, const ReportTable *levels, const char *column)
{
    int64_t sum = 0;
    for (size_t row = 0; row < levels->row_count; row++) {
        sum += report_number(levels, row, column);
    }
    html_put_count(file, sum, false);
}

void html_put_outlook(OutputFile *file, const Report *report)
{
    static const HtmlColumn columns[] = {
        {"Level", "level", HTML_TEXT},
        {"Next level", "next_level", HTML_TEXT},
        {"Close from, points", "near_from", HTML_COUNT},
        {"Next level from, points", "next_min_points", HTML_COUNT},
        {"Close to it", "near_next", HTML_SUM},
        {"Will fall", "falling", HTML_SUM},
    };
    static const HtmlTable table = {"outlook-levels", "Close to the next level, and falling",
                                    "There are no levels.", HTML_COLUMNS(columns)};
    static const HtmlColumn fall_columns[] = {
        {"From", "from_level", HTML_TEXT},
        {"To", "to_level", HTML_TEXT},
        {"Members", "members", HTML_SUM},
    };
    static const HtmlTable falls = {"falls", "Falling at the next close",
                                    "Nobody falls at the next close.", HTML_COLUMNS(fall_columns)};
    const ReportTable *levels = report_table(report, "levels");
    chart_begin_figure(file, "outlook", "What is to come", HTML_COLUMN_COUNT(columns));
    put_sum(file, levels, "near_next");
    output_put_text(file, " within 10\xc2\xa0% of the next level\xe2\x80\x99s threshold; ");
    put_sum(file, levels, "falling");
    output_put_text(file, " will fall at the next close if they do nothing, because the window\xe2"
                          "\x80\x99s oldest month leaves it.");
    chart_end_caption(file);
    if (levels->row_count > 1) {
        draw_outlook(file, levels);
    } else {
        output_put_text(file,
                        "<p class=\"empty\">There is no other level to rise or fall to.</p>\n");
    }
    chart_begin_numbers(file, "What is to come");
    html_put_table(file, levels, &table);
    html_put_table(file, report_table(report, "falls"), &falls);
    chart_end_numbers(file);
}
