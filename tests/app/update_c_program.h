/* What tests/app/update_c_program.c shows; each answers 0, or the line of the first thing that is wrong. */
#ifndef UPDATE_C_PROGRAM_H
#define UPDATE_C_PROGRAM_H

#ifdef __cplusplus
extern "C" {
#endif

int c_stages_and_requests(void);
int c_goes_on_where_it_was(void);
int c_bad_arguments_are_refused(void);
int c_busy_device_is_told(void);

#ifdef __cplusplus
}
#endif

#endif
