// SPDX-License-Identifier: BSD-2-Clause
/* Puts the loaded sink on an interface, and takes it off. */
#include "lib/netif.h"
#include "sink/session.h"

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
	err = xdp_attach(session_prog_fd(session), job->path.nic, job->sink.mode,
			 &session->attachment, fault);
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
