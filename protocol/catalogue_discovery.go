package protocol

// discoveryRequirements: what a gateway owes to those who search for it on the link.
var discoveryRequirements = []Requirement{
	{
		ID: "DISC-01", Chapter: Discovery, Level: Must, Profile: Quickstart, Since: "0.1.0",
		Source:   "Q; RFC 6762 §6; RFC 6763 §4.1",
		Sentence: "replies when a multicast query asks for the PTR records of _tracker-http._tcp.local",
		Advice:   "Check that the responder joined 224.0.0.251 on the LAN interface after that interface came up, and that UDP 5353 is not filtered.",
	},
	{
		ID: "DISC-02", Chapter: Discovery, Level: Must, Profile: Quickstart, Since: "0.1.0",
		Source:   "Q; RFC 6763 §5",
		Sentence: "makes the instance behind its PTR resolvable: by an SRV, a TXT and at least one address record",
		Advice:   "Let the SRV target be the very host name that the responder publishes addresses for; a mismatch leaves the search without an address.",
	},
	{
		ID: "DISC-03", Chapter: Discovery, Level: Must, Profile: Quickstart, Since: "0.1.0",
		Source:   "Q; RFC 6763 §5",
		Sentence: "names in its SRV record the port where the API really listens (8000 unless set otherwise)",
		Advice:   "Take the SRV port from the server's own configuration; a static service file goes stale when the port changes.",
	},
	{
		ID: "DISC-04", Chapter: Discovery, Level: Must, Profile: Quickstart, Since: "0.1.0",
		Source:   "Q",
		Sentence: "publishes an address at which GET /api/v2 answers",
		Advice:   "Publish no loopback, container or VPN address, and let the server listen on every address that is published.",
	},
	{
		ID: "DISC-05", Chapter: Discovery, Level: Must, Profile: Quickstart, Since: "0.1.0",
		Source:   "RFC 6763 §6.1",
		Sentence: "publishes a TXT record with its SRV, be it no more than one empty string",
		Advice:   "With nothing to say, send one zero-length string (RDATA of a single zero byte); leaving the record out breaks resolvers.",
	},
	{
		ID: "DISC-06", Chapter: Discovery, Level: Must, Profile: Quickstart, Since: "0.1.0",
		Source:   "RFC 6762 §10.2",
		Sentence: "sets the cache-flush bit on SRV, TXT and address records, and never on the shared PTR",
		Advice:   "Set the top bit of the class by kind of record, not for a whole message: the PTR of the service type belongs to all devices.",
	},
	{
		ID: "DISC-07", Chapter: Discovery, Level: Must, Profile: Quickstart, Since: "0.1.0",
		Source:   "RFC 6762 §6, §18",
		Sentence: "sends its responses from UDP port 5353 with QR and AA set and RCODE 0",
		Advice:   "Send from the socket that is bound to 5353, and start from header flags 0x8400 instead of echoing those of the query.",
	},
	{
		ID: "DISC-08", Chapter: Discovery, Level: Should, Profile: Quickstart, Since: "0.1.0",
		Source:   "RFC 6762 §10",
		Sentence: "gives records that name its host a TTL of 120 s, and the others 4500 s",
		Advice:   "SRV and address records name the host: 120 s. PTR and TXT do not: 4500 s. One TTL for all is the usual slip.",
	},
	{
		ID: "DISC-09", Chapter: Discovery, Level: Should, Profile: Quickstart, Since: "0.1.0",
		Source:   "RFC 6763 §12.1",
		Sentence: "sends SRV, TXT and addresses along with its PTR answer, in the additional section",
		Advice:   "Fill the additional section from the records at hand; without it each client needs further round trips before it can connect.",
	},
	{
		ID: "DISC-10", Chapter: Discovery, Level: Should, Profile: Quickstart, Since: "0.1.0",
		Source:   "RFC 6762 §5.4",
		Sentence: "answers a question that asks for a unicast response (QU), be it by unicast or multicast",
		Advice:   "Mask the top bit off the question's class before comparing it with IN; otherwise a QU question looks like an unknown class.",
	},
	{
		ID: "DISC-11", Chapter: Discovery, Level: Must, Profile: Quickstart, Since: "0.1.0",
		Source:   "RFC 6762 §6.7",
		Sentence: "answers a query from a port other than 5353 by unicast, with its ID and question, no cache-flush",
		Advice:   "Decide by the source port: if it is not 5353, send to the sender, copy ID and question, clear the cache-flush bit, cap TTLs at 10 s.",
	},
	{
		ID: "DISC-12", Chapter: Discovery, Level: Should, Profile: Quickstart, Since: "0.1.0",
		Source:   "RFC 6762 §7.1",
		Sentence: "leaves out an answer that the query lists as known with at least half of its TTL to go",
		Advice:   "Read the answer section of the query and compare name, type, class and RDATA with your own, without the cache-flush bit.",
	},
	{
		ID: "DISC-13", Chapter: Discovery, Level: Should, Profile: Quickstart, Since: "0.1.0",
		Source:   "RFC 6763 §9",
		Sentence: "includes its type among the answers for _services._dns-sd._udp.local",
		Advice:   "Publish one more PTR, from that meta-name to the type (not to the instance); responders written by hand tend to forget it.",
	},
	{
		ID: "DISC-14", Chapter: Discovery, Level: Must, Profile: Quickstart, Since: "0.1.0",
		Source:   "RFC 6762 §16",
		Sentence: "recognizes its names in any mixture of upper and lower case",
		Advice:   "Fold ASCII letters before comparing labels, in questions and in known answers; comparing raw bytes is the usual slip.",
	},
	{
		ID: "DISC-15", Chapter: Discovery, Level: Must, Profile: Quickstart, Since: "0.1.0",
		Source:   "RFC 6762 §5.3, §6.3",
		Sentence: "answers every question of a packet that carries several",
		Advice:   "Loop over all QDCOUNT questions; many small responders stop after the first, or at the first that is not theirs.",
	},
	{
		ID: "DISC-16", Chapter: Discovery, Level: Must, Profile: Quickstart, Since: "0.1.0",
		Source:   "RFC 6762 §6",
		Sentence: "sends nothing in answer to questions for names and types that it does not own",
		Advice:   "Respond only if name, type and class match; never send NXDOMAIN or an empty response, as a unicast DNS server would.",
	},
	{
		ID: "DISC-17", Chapter: Discovery, Level: Must, Profile: Quickstart, Since: "0.1.0",
		Source:   "Q; RFC 6762 §8.4",
		Sentence: "can be found at its new address by a fresh search once its address has changed",
		Advice:   "Let the responder follow address changes of the interface (netlink, DHCP hook), rejoin the group there and announce anew.",
	},
	{
		ID: "DISC-18", Chapter: Discovery, Level: Must, Profile: Quickstart, Since: "0.1.0",
		Source:   "Q; RFC 6762 §8.4",
		Sentence: "stops advertising an address that it no longer has",
		Advice:   "Delete the old A record when the lease goes, and send the new one with the cache-flush bit so that caches drop the old.",
	},
	{
		ID: "DISC-19", Chapter: Discovery, Level: Should, Profile: Quickstart, Since: "0.1.0",
		Source:   "RFC 6762 §8.3",
		Sentence: "announces itself when it comes up, unasked and at least twice",
		Advice:   "Send two responses one second apart once the link is really up: what is sent before the port forwards is lost.",
	},
	{
		ID: "DISC-20", Chapter: Discovery, Level: Should, Profile: Quickstart, Since: "0.1.0",
		Source:   "RFC 6762 §10.1",
		Sentence: "takes its records back with TTL 0 when it shuts down in good order",
		Advice:   "Stop the responder by its own shutdown call and before the network goes; a kill skips the goodbye.",
	},
	{
		ID: "DISC-21", Chapter: Discovery, Level: Must, Profile: Robustness, Since: "0.1.0",
		Source:   "Q; RFC 6762 §18",
		Sentence: "goes on answering after truncated packets, pointer loops and absurd record counts",
		Advice:   "Bound each read by the packet's length, follow compression pointers backwards only, and stop when the bytes run out.",
	},
	{
		ID: "DISC-22", Chapter: Discovery, Level: Should, Profile: Quickstart, Since: "0.1.0",
		Source:   "RFC 6762 §8.1, §9",
		Sentence: "bears an instance name of its own, so that two gateways on one link are told apart",
		Advice:   "Put a serial number or part of the MAC into the instance name, or probe and rename on conflict; one fixed name collides.",
	},
}
