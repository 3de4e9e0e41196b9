#include "report/due.h"

#include "close/plan.h"

Due due_of(const Status *status, LocalDay today)
{
    Due due = {0};
    Error ignored;
    if (status->any_closed && period_parse(status->newest_period, &due.newest, &ignored)) {
        due.final = today >= status->newest_effective_on;
        due.next = due.newest + 1;
    } else {
        due.next = plan_newest_due(today);
    }
    due.due_on = period_last_day(due.next);
    due.due = today >= due.due_on;
    due.ended_on = due.due_on + 1;
    Period newest_ended = period_of_day(today) - 1;
    due.overdue = newest_ended < due.next ? 0 : newest_ended - due.next + 1;
    return due;
}
