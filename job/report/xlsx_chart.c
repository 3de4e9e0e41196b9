#include "report/xlsx_chart.h"

#include <string.h>

enum {
    ROW_PIXELS = 20,
    CHART_PIXELS = 720,
    DEFAULT_WIDTH = 480, /* of the library's pictures */
    DEFAULT_HEIGHT = 288,
    GAP_PERCENT = 50,
};

lxw_color_t xlsx_level_color(const MonthTable *data, size_t name)
{
    static const lxw_color_t colors[] = {0x8195B0, 0x6E8BB0, 0x587DAD, 0x426DA3,
                                         0x305C95, 0x214A82, 0x15396C, 0x0B2850};
    enum { COLORS = sizeof colors / sizeof colors[0] };
    return colors[data->name_count <= 1 ? COLORS / 2
                                        : name * (COLORS - 1) / (data->name_count - 1)];
}

lxw_color_t xlsx_source_color(const MonthTable *data, size_t name)
{
    static const struct {
        const char *key;
        lxw_color_t color;
    } colors[] = {{"purchases", 0x2B6CAB},
                  {"activities", 0xB86F00},
                  {"bonus", 0x95457A},
                  {"other", 0x6F7885}};
    for (size_t i = 0; i < sizeof colors / sizeof colors[0]; i++) {
        if (strcmp(data->keys[name], colors[i].key) == 0) {
            return colors[i].color;
        }
    }
    return 0xA9B1BC;
}

uint32_t xlsx_chart_put_numbers(XlsxBook *book, lxw_worksheet *sheet, uint32_t row,
                                const XlsxChart *chart)
{
    const MonthTable *data = chart->data;
    (void)xlsx_put_text(book, sheet, row++, 0, chart->title, XLSX_STYLE_SECTION);
    (void)xlsx_put_text(book, sheet, row, 0, "Month", XLSX_STYLE_HEAD);
    for (size_t name = 0; name < data->name_count; name++) {
        (void)xlsx_put_text(book, sheet, row, (uint16_t)(name + 1), data->names[name],
                            XLSX_STYLE_HEAD_RIGHT);
    }
    row++;
    for (size_t month = 0; month < data->month_count; month++, row++) {
        (void)xlsx_put_text(book, sheet, row, 0, data->months[month], XLSX_STYLE_TEXT);
        for (size_t name = 0; name < data->name_count; name++) {
            (void)xlsx_put_count(book, sheet, row, (uint16_t)(name + 1),
                                 month_table_value(data, month, name));
        }
    }
    return row;
}

static void add_series(lxw_chart *picture, const char *sheet_name, const XlsxChart *chart,
                       size_t name, uint32_t numbers_row)
{
    uint32_t head = numbers_row + 1, first = head + 1;
    uint32_t last = first + (uint32_t)chart->data->month_count - 1;
    uint16_t column = (uint16_t)(name + 1);
    lxw_chart_series *series = chart_add_series(picture, NULL, NULL);
    chart_series_set_categories(series, sheet_name, first, 0, last, 0);
    chart_series_set_values(series, sheet_name, first, column, last, column);
    chart_series_set_name_range(series, sheet_name, head, column);
    lxw_chart_fill fill = {.color = chart->color(chart->data, name)};
    lxw_chart_line line = {.color = LXW_COLOR_WHITE, .width = 0.75F};
    chart_series_set_fill(series, &fill);
    chart_series_set_line(series, &line);
}

void xlsx_chart_draw(XlsxBook *book, lxw_worksheet *sheet, const char *sheet_name, uint32_t row,
                     uint16_t column, const XlsxChart *chart, uint32_t numbers_row)
{
    lxw_chart *picture = workbook_add_chart(book->workbook, LXW_CHART_COLUMN_STACKED);
    lxw_chart_font font = {.bold = LXW_EXPLICIT_FALSE, .size = 9};
    lxw_chart_line faint = {.color = 0xD3D9E1, .width = 0.75F};
    for (size_t name = 0; name < chart->data->name_count; name++) {
        add_series(picture, sheet_name, chart, name, numbers_row);
    }
    chart_title_set_name(picture, chart->title);
    lxw_chart_font title_font = {.bold = LXW_TRUE, .size = 12};
    chart_title_set_name_font(picture, &title_font);
    chart_axis_set_name(picture->y_axis, chart->unit);
    chart_axis_set_name_font(picture->y_axis, &font);
    chart_axis_set_num_format(picture->y_axis, "#,##0");
    chart_axis_set_num_font(picture->y_axis, &font);
    chart_axis_set_num_font(picture->x_axis, &font);
    /* Months below also where a column goes below 0. */
    chart_axis_set_label_position(picture->x_axis, LXW_CHART_AXIS_LABEL_POSITION_LOW);
    chart_axis_major_gridlines_set_line(picture->y_axis, &faint);
    chart_legend_set_position(picture, LXW_CHART_LEGEND_BOTTOM);
    chart_set_series_gap(picture, GAP_PERCENT);
    lxw_chart_options options = {
        .object_position = LXW_OBJECT_MOVE_DONT_SIZE,
        .x_scale = (double)CHART_PIXELS / DEFAULT_WIDTH,
        .y_scale = (double)(ROW_PIXELS * (XLSX_CHART_ROWS - 1)) / DEFAULT_HEIGHT,
    };
    (void)worksheet_insert_chart_opt(sheet, row, column, picture, &options);
}
