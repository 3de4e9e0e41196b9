# A text as a C string: a line of it is a line of the string.
s/[\\"]/\\&/g
s/.*/"&\\n"/
