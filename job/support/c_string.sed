# A text as a C string called report_css: a line of it is a line of the string.
s/[\\"]/\\&/g
s/.*/"&\\n"/
1i static const char report_css[] =
$a ;
