// SPDX-License-Identifier: BSD-2-Clause
/* Puts the loaded sink on an interface, and takes it off. */
#include <errno.h>

#include "lib/netif.h"
#include "sink/session.h"

/* A driver that refuses native mode says why, but not that there is another. */
static int attach(const struct sink_job *job, struct sink_session *session, struct fault *fault)
{
	struct fault cause = {0};
	int err = xdp_attach(session_prog_fd(session), job->path.nic, job->sink.mode,
			     &session->attachment, &cause);
	bool refused = job->sink.mode == XDP_MODE_NATIVE && (err == -ERANGE || err == -EOPNOTSUPP);

	if (err)
		fault_set(fault, err, cause.code, "%.400s%s%s", cause.text,
			  err == -ERANGE ? "; lower the MTU of the other end" : "",
			  refused ? "; --mode generic has no such limit, and is slower" : "");
	return err;
}

int sink_open(const struct sink_job *job, struct sink_session **ret_session, struct fault *fault)
{
	struct sink_session *session;
	struct netif netif;
	int err = netif_get(job->path.nic, &netif, fault);

	if (err)
		return err;
	err = session_load(job, &session, fault);
	if (err)
		return err;
	session->nr_queues =
		netif.rx_channels < MODEL_MAX_QUEUES ? netif.rx_channels : MODEL_MAX_QUEUES;
	err = attach(job, session, fault);
	if (err) {
		session_free(session);
		return err;
	}
	*ret_session = session;
	return 0;
}

void sink_close(struct sink_session *session)
{
	if (!session)
		return;
	xdp_detach(&session->attachment);
	session_free(session);
}
