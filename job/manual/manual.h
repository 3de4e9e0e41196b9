/*
 * The texts that are installed beside the program, each made from the tables by which the program
 * itself works: what is written once can only be wrong once.
 *
 * tierclose.1 and the completions come from job/command, programme.yaml.5 from job/config. Each
 * function writes one whole file. main is in manual.c, a program of the build that nobody installs.
 */
#pragma once

#include <stdio.h>

void manual_write_command_page(FILE *out);

/* `example`: a programme file; what is no comment of it is shown as one. */
void manual_write_programme_page(FILE *out, FILE *example);

void manual_write_bash_completion(FILE *out);
void manual_write_zsh_completion(FILE *out);
