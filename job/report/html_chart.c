#include "report/html_chart.h"

#include "base/format.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

enum {
    AXIS_LEFT = 520, /* room for "100,000" */
    PLOT_TOP = 120,
    PLOT_HEIGHT = 1900,
    LABELS_HEIGHT = 340,
    LABEL_WIDTH = 260, /* of a month, with the room around it */
    TICKS_MAX = 5,
    UNITS = 7,
    COLUMNS_FEW = 7,     /* fit half a sheet of paper */
    LETTER_HEIGHT = 120, /* as report.css has it */
    LABEL_BYTES_MAX = 1000,
};

void chart_begin_figure(OutputFile *file, const char *id, const char *title, size_t column_count)
{
    output_printf(
        file, "<figure%s>\n<figcaption><strong id=\"%s-title\">%s</strong> <span id=\"%s-text\">",
        column_count > COLUMNS_FEW ? " class=\"many\"" : "", id, title, id);
}

void chart_end_caption(OutputFile *file)
{
    output_put_text(file, "</span></figcaption>\n");
}

void chart_begin_svg(OutputFile *file, const char *id, int height)
{
    output_printf(file,
                  "<svg class=\"picture\" role=\"img\" aria-labelledby=\"%s-title %s-text\" "
                  "viewBox=\"0 0 %d %d\" xmlns=\"http://www.w3.org/2000/svg\">\n",
                  id, id, CHART_WIDTH, height);
}

void chart_end_svg(OutputFile *file)
{
    output_put_text(file, "</svg>\n");
}

void chart_begin_numbers(OutputFile *file, const char *title)
{
    output_printf(file, "<details>\n<summary>%s: the numbers</summary>\n", title);
}

void chart_end_numbers(OutputFile *file)
{
    output_put_text(file, "</details>\n</figure>\n");
}

static size_t character_bytes(const char *text)
{
    size_t bytes = 1;
    while (((unsigned char)text[bytes] & 0xc0) == 0x80) {
        bytes++;
    }
    return bytes;
}

/* In hundredths of the letters' height, as a wide font has it. */
static int character_width(const char *text)
{
    if ((unsigned char)text[0] >= 0xe3) {
        return 100; /* scripts of East Asia, and what comes after them */
    }
    if (strchr("mwMW@%", text[0]) != NULL) {
        return 100;
    }
    if (strchr("<>&=+#~", text[0]) != NULL) {
        return 85;
    }
    if (strchr(" iIjl.,:;'!|", text[0]) != NULL) {
        return 33;
    }
    return isupper((unsigned char)text[0]) ? 75 : 64;
}

static int text_width(const char *text)
{
    int width = 0;
    for (; *text != '\0'; text += character_bytes(text)) {
        width += character_width(text) * LETTER_HEIGHT / 100;
    }
    return width;
}

void chart_put_label(OutputFile *file, int x, int y, const char *anchor, const char *text,
                     int width_max)
{
    static const char ellipsis[] = "\xe2\x80\xa6";
    bool whole = text_width(text) <= width_max;
    int width = whole ? 0 : LETTER_HEIGHT;
    size_t used = 0;
    while (used < LABEL_BYTES_MAX && text[used] != '\0') {
        width += character_width(text + used) * LETTER_HEIGHT / 100;
        if (width > width_max) {
            break;
        }
        used += character_bytes(text + used);
    }
    output_printf(file, "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">", x, y, anchor);
    html_put_part(file, text, used);
    output_put_text(file, text[used] == '\0' ? "" : ellipsis);
    output_put_text(file, "</text>\n");
}

bool chart_is_empty(const ColumnChart *chart)
{
    for (size_t i = 0; i < chart->month_count * chart->series_count; i++) {
        if (chart->values[i] != 0) {
            return false;
        }
    }
    return true;
}

int chart_scale(int64_t value, int64_t whole, int size)
{
    while (whole > INT64_MAX / CHART_WIDTH / 16) {
        whole /= 2;
        value /= 2;
    }
    return (int)(value * size / whole);
}

const char *chart_level_look(size_t index, size_t count)
{
    static const char *const looks[CHART_LOOKS] = {"l0", "l1", "l2", "l3", "l4", "l5", "l6", "l7"};
    return looks[count <= 1 ? CHART_LOOKS / 2 : index * (CHART_LOOKS - 1) / (count - 1)];
}

/* Bounds what is drawn, so that the sum of a column's parts, and its product with a length, has
 * room in 64 bits. */
static const int64_t drawn_max = INT64_C(1) << 40;

static const char *const unit_names[UNITS] = {"", " k", " M", " G", " T", " P", " E"};

/* From where to where the columns go, and the step between the lines across; in units of
 * `unit_size`. */
typedef struct Axis {
    int64_t low;
    int64_t high;
    int64_t step;
    int64_t unit_size; /* 1, or a power of 1000 where the values are too large to be drawn */
    size_t unit;       /* its index in unit_names */
} Axis;

static int64_t value_at(const ColumnChart *chart, size_t month, size_t series)
{
    return chart->values[month * chart->series_count + series];
}

static void choose_unit(const ColumnChart *chart, Axis *axis)
{
    axis->unit_size = 1;
    axis->unit = 0;
    for (size_t i = 0; i < chart->month_count * chart->series_count; i++) {
        while (chart->values[i] / axis->unit_size > drawn_max ||
               chart->values[i] / axis->unit_size < -drawn_max) {
            axis->unit_size *= 1000;
            axis->unit++;
        }
    }
}

static Axis axis_of(const ColumnChart *chart)
{
    Axis axis = {.step = 1};
    choose_unit(chart, &axis);
    for (size_t month = 0; month < chart->month_count; month++) {
        int64_t up = 0;
        int64_t down = 0;
        for (size_t series = 0; series < chart->series_count; series++) {
            int64_t value = value_at(chart, month, series) / axis.unit_size;
            *(value > 0 ? &up : &down) += value;
        }
        axis.high = up > axis.high ? up : axis.high;
        axis.low = down < axis.low ? down : axis.low;
    }
    if (axis.high == axis.low) {
        axis.high = 1;
    }
    /* 1, 2, 5, 10, 20, 50, ... */
    for (int turn = 0; (axis.high - axis.low) / axis.step > TICKS_MAX - 1; turn++) {
        axis.step = turn % 3 == 1 ? axis.step / 2 * 5 : axis.step * 2;
    }
    axis.high = (axis.high + axis.step - 1) / axis.step * axis.step;
    axis.low = -((-axis.low + axis.step - 1) / axis.step) * axis.step;
    return axis;
}

static int y_of(const Axis *axis, int64_t value)
{
    return PLOT_TOP + chart_scale(axis->high - value, axis->high - axis->low, PLOT_HEIGHT);
}

/* All lines' labels in one unit: 0, 500 k, 1,000 k, 1,500 k. */
static void put_lines(OutputFile *file, const Axis *axis)
{
    int64_t size = 1;
    size_t unit = axis->unit;
    while (unit + 1 < UNITS && axis->step % (size * 1000) == 0) {
        size *= 1000;
        unit++;
    }
    for (int64_t value = axis->low; value <= axis->high; value += axis->step) {
        int y = y_of(axis, value);
        output_printf(file, "<path class=\"line\" d=\"M%d %dH%d\"/>\n", AXIS_LEFT, y, CHART_WIDTH);
        output_printf(file, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">", AXIS_LEFT - 60, y + 40);
        html_put_count(file, value / size, false);
        output_printf(file, "%s</text>\n", value == 0 ? "" : unit_names[unit]);
    }
}

static void put_column(OutputFile *file, const ColumnChart *chart, const Axis *axis, size_t month,
                       int x, int width)
{
    int64_t up = 0;
    int64_t down = 0;
    for (size_t series = 0; series < chart->series_count; series++) {
        int64_t value = value_at(chart, month, series);
        int64_t *level = value > 0 ? &up : &down;
        int64_t from = *level;
        *level += value / axis->unit_size;
        int top = y_of(axis, value > 0 ? *level : from);
        int bottom = y_of(axis, value > 0 ? from : *level);
        if (value == 0) {
            continue;
        }
        output_printf(file,
                      "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"><title>",
                      chart->series[series].look, x, top, width, bottom - top);
        html_put_text(file, chart->series[series].name);
        output_put_text(file, ", ");
        html_put_month(file, chart->months[month]);
        output_put_text(file, ": ");
        html_put_count(file, value, false);
        output_put_text(file, "</title></rect>\n");
    }
}

static int month_number(const char *month)
{
    return (month[5] - '0') * 10 + month[6] - '0';
}

/* Of how many months one has room for its name: 1, or only the first of each 3, 6 or 12. */
static int months_a_label(int slot)
{
    static const int steps[] = {1, 3, 6, 12};
    size_t index = 0;
    while (index + 1 < sizeof steps / sizeof steps[0] && slot * steps[index] < LABEL_WIDTH) {
        index++;
    }
    return steps[index];
}

/* Months below their columns, and the year below January, or below the first month. */
static void put_month_labels(OutputFile *file, const ColumnChart *chart, int slot)
{
    int every = months_a_label(slot);
    int bottom = PLOT_TOP + PLOT_HEIGHT;
    bool year_known = false;
    for (size_t month = 0; month < chart->month_count; month++) {
        const char *text = chart->months[month];
        int middle = AXIS_LEFT + slot * (int)month + slot / 2;
        bool january = month_number(text) == 1;
        bool before_january =
            month + 1 < chart->month_count && month_number(chart->months[month + 1]) == 1;
        if ((month_number(text) - 1) % every != 0) {
            continue;
        }
        chart_put_label(file, middle, bottom + 150, "middle", html_month_short(text), CHART_WIDTH);
        if (january || (!year_known && !before_january)) {
            output_printf(file, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%.4s</text>\n",
                          middle, bottom + 290, text);
        }
        year_known = true;
    }
}

void chart_put_columns(OutputFile *file, const ColumnChart *chart)
{
    Axis axis = axis_of(chart);
    int slot = (CHART_WIDTH - AXIS_LEFT) / (int)(chart->month_count < 6 ? 6 : chart->month_count);
    chart_begin_svg(file, chart->id, PLOT_TOP + PLOT_HEIGHT + LABELS_HEIGHT);
    put_lines(file, &axis);
    for (size_t month = 0; month < chart->month_count; month++) {
        int left = AXIS_LEFT + slot * (int)month;
        put_column(file, chart, &axis, month, left + slot / 8, slot * 3 / 4);
    }
    put_month_labels(file, chart, slot);
    output_printf(file, "<path class=\"zero\" d=\"M%d %dH%d\"/>\n", AXIS_LEFT, y_of(&axis, 0),
                  CHART_WIDTH);
    chart_end_svg(file);
}

void chart_put_legend(OutputFile *file, const ColumnChart *chart, size_t first_month)
{
    output_put_text(file, "<ul class=\"legend\">\n");
    for (size_t i = chart->series_count; i-- > 0;) {
        int64_t sum = 0;
        bool known = true;
        for (size_t month = first_month; month < chart->month_count; month++) {
            known = known && !__builtin_add_overflow(sum, value_at(chart, month, i), &sum);
        }
        output_printf(file,
                      "<li><svg class=\"key-mark\" aria-hidden=\"true\" viewBox=\"0 0 120 120\" "
                      "xmlns=\"http://www.w3.org/2000/svg\"><rect class=\"%s\" width=\"120\" "
                      "height=\"120\"/></svg> <bdi>",
                      chart->series[i].look);
        html_put_text(file, chart->series[i].name);
        output_put_text(file, "</bdi> <span class=\"number\">");
        if (known) {
            html_put_count(file, sum, false);
        }
        output_put_text(file, "</span></li>\n");
    }
    output_put_text(file, "</ul>\n");
}
