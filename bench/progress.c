// SPDX-License-Identifier: BSD-2-Clause
#include "bench/progress.h"

#include <math.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "lib/clock.h"

enum { BAR_WIDTH = 20, LINE_SIZE = 512 };

void progress_init(struct progress *progress, const struct plan *plan, FILE *out)
{
	*progress = (struct progress){.plan = plan,
				      .out = out,
				      .terminal = isatty(fileno(out)),
				      .last_pps = NAN,
				      .last_loss = NAN};
}

const char *progress_time(uint64_t ns, char *buffer, size_t size)
{
	const unsigned long long s = (ns + NS_PER_S / 2) / NS_PER_S;

	if (s < 60)
		snprintf(buffer, size, "%llu s", s);
	else if (s < 3600)
		snprintf(buffer, size, "%llu min %llu s", s / 60, s % 60);
	else
		snprintf(buffer, size, "%llu h %llu min", s / 3600, s % 3600 / 60);
	return buffer;
}

const char *progress_rate(double pps, char *buffer, size_t size)
{
	if (!isfinite(pps))
		snprintf(buffer, size, "no rate");
	else if (pps >= 1e6)
		snprintf(buffer, size, "%.2f Mpps", pps / 1e6);
	else if (pps >= 1e4)
		snprintf(buffer, size, "%.1f kpps", pps / 1e3);
	else
		snprintf(buffer, size, "%.0f pps", pps);
	return buffer;
}

uint64_t progress_left_ns(const struct progress *progress, uint64_t now_ns)
{
	const double whole = (double)plan_estimate_ns(progress->plan, 0);
	const double left = (double)plan_estimate_ns(progress->plan, progress->index);
	const double done = whole - left;

	/* A few trials in, what they took says more than the estimate does. */
	if (!progress->begun_ns || progress->index < 3 || done <= 0)
		return (uint64_t)left;
	return (uint64_t)(left * ((double)(now_ns - progress->begun_ns) / done));
}

/* "plane=wire mtu=1500": the axes by their last word. */
static size_t print_point(const struct progress *progress, const struct trial *trial, char *buffer,
			  size_t size)
{
	const struct plan *plan = progress->plan;
	size_t used = 0;

	buffer[0] = '\0';
	for (uint32_t i = 0; i < plan->scenario->nr_axes && used < size; i++) {
		const char *path = plan->scenario->axes[i].path, *dot = strrchr(path, '.');

		used += (size_t)snprintf(buffer + used, size - used, "%s%s=%s", i ? " " : "",
					 dot ? dot + 1 : path,
					 plan->points[trial->point].values[i]);
	}
	return used < size ? used : size - 1;
}

static void print_bar(const struct progress *progress, char *buffer)
{
	const uint32_t filled = BAR_WIDTH * progress->index / progress->plan->nr_trials;

	buffer[0] = '[';
	memset(buffer + 1, '#', filled);
	memset(buffer + 1 + filled, '.', BAR_WIDTH - filled);
	strcpy(buffer + 1 + BAR_WIDTH, "]");
}

static int terminal_width(FILE *out)
{
	struct winsize size;

	if (ioctl(fileno(out), TIOCGWINSZ, &size) || !size.ws_col)
		return 80;
	return size.ws_col;
}

/* What is sent now, and how the last trial came out: short ones end before they say a rate. */
static void print_rates(const struct progress *progress, char *buffer, size_t size)
{
	char now[32] = "", last[32];
	int used;

	if (progress->doing)
		snprintf(now, sizeof(now), "  %s", progress->doing);
	else if (progress->live_pps > 0)
		snprintf(now, sizeof(now), "  sends %s",
			 progress_rate(progress->live_pps, last, sizeof(last)));
	used = snprintf(buffer, size, "%s", now);
	if (isfinite(progress->last_pps) && isfinite(progress->last_loss))
		snprintf(buffer + used, size - (size_t)used, "  last %s, loss %.2f %%",
			 progress_rate(progress->last_pps, last, sizeof(last)),
			 100 * progress->last_loss);
}

static void print_status(const struct progress *progress, char *line, size_t size)
{
	const struct plan *plan = progress->plan;
	const struct trial *trial = &plan->trials[progress->index];
	char bar[BAR_WIDTH + 3], point[256], rates[128], left[32];

	print_bar(progress, bar);
	print_point(progress, trial, point, sizeof(point));
	print_rates(progress, rates, sizeof(rates));
	snprintf(line, size, "%s trial %u of %u  %s left  %s %s%s", bar, progress->index + 1,
		 plan->nr_trials,
		 progress_time(progress_left_ns(progress, clock_now_ns()), left, sizeof(left)),
		 measure_words[trial->measure], point, rates);
}

void progress_draw(struct progress *progress)
{
	char line[LINE_SIZE];

	if (!progress->terminal || progress->index >= progress->plan->nr_trials)
		return;
	print_status(progress, line, sizeof(line));
	/* One column less: some terminals wrap when the last is written. */
	fprintf(progress->out, "\r\033[K%.*s", terminal_width(progress->out) - 1, line);
	fflush(progress->out);
}

void progress_clear(struct progress *progress)
{
	if (!progress->terminal)
		return;
	fputs("\r\033[K", progress->out);
	fflush(progress->out);
}

void progress_doing(struct progress *progress, const char *what)
{
	progress->doing = what;
	progress_draw(progress);
}

void progress_begin(struct progress *progress, const struct trial *trial)
{
	progress->index = (uint32_t)(trial - progress->plan->trials);
	progress->doing = NULL;
	progress->live_pps = 0;
	progress_draw(progress);
}

void progress_live(struct progress *progress, double sent_pps)
{
	progress->live_pps = sent_pps;
	progress_draw(progress);
}

void progress_end(struct progress *progress, const struct trial *trial)
{
	const uint32_t number = (uint32_t)(trial - progress->plan->trials) + 1;
	char point[256], rate[32], left[32];

	progress->index = number;
	progress->last_pps = trial->outcome.forwarding_pps;
	progress->last_loss = trial->outcome.loss_ratio;
	progress->nr_untrusted += !trial->verdict.trusted;
	if (progress->terminal)
		return;
	print_point(progress, trial, point, sizeof(point));
	fprintf(progress->out, "trial %u of %u  %s %s  %s  loss %.2f %%  %s left%s%s\n", number,
		progress->plan->nr_trials, measure_words[trial->measure], point,
		progress_rate(trial->outcome.forwarding_pps, rate, sizeof(rate)),
		isfinite(trial->outcome.loss_ratio) ? 100 * trial->outcome.loss_ratio : 0.0,
		progress_time(progress_left_ns(progress, clock_now_ns()), left, sizeof(left)),
		trial->verdict.trusted ? "" : "  not trusted: ",
		trial->verdict.trusted || !trial->verdict.nr_reasons ? ""
								     : trial->verdict.reasons[0]);
	fflush(progress->out);
}
