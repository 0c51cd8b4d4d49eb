package protocol

// posRequirements: what an integration owes to the gateway.
var posRequirements = []Requirement{
	{
		ID: "POS-01", Chapter: POS, Level: Must, Profile: Quickstart, Since: "0.1.0",
		Source:   "Q; RFC 6763 §4",
		Sentence: "finds the gateway by browsing for _tracker-http._tcp, unless it is told the address",
		Advice:   "Browse on the interface of the restaurant's LAN; a machine with VPN or virtual adapters tends to ask on the wrong one.",
	},
	{
		ID: "POS-02", Chapter: POS, Level: Must, Profile: Quickstart, Since: "0.1.0",
		Source:   "Q; RFC 6763 §5",
		Sentence: "connects to the advertised address and port, not to ones built in",
		Advice:   "Take the port from SRV and the address from A or AAAA; search code and settings for a literal 8000 or an old address.",
	},
	{
		ID: "POS-03", Chapter: POS, Level: Should, Profile: Quickstart, Since: "0.1.0",
		Source:   "Q",
		Sentence: "asks GET /api/v2 whether the gateway is online before relying on it",
		Advice:   "Ask at start-up and before reconnecting, with a short timeout; a 2xx status is enough, the contents are not defined.",
	},
	{
		ID: "POS-04", Chapter: POS, Level: Must, Profile: Quickstart, Since: "0.1.0",
		Source:   "Q",
		Sentence: "asks for a token by GET /accesstoken/generate, and again after a refusal",
		Advice:   `Read 403 as "not yet" and go on until somebody presses the button; giving up on the first refusal never gets there.`,
	},
	{
		ID: "POS-05", Chapter: POS, Level: Should, Profile: Quickstart, Since: "0.1.0",
		Source:   "good sense",
		Sentence: "polls for its token at most about once a second",
		Advice:   "Wait a second or two from each answer, not from each request, and never let two polls overlap.",
	},
	{
		ID: "POS-06", Chapter: POS, Level: Must, Profile: Quickstart, Since: "0.1.0",
		Source:   "Q",
		Sentence: "stops asking once it has a token",
		Advice:   "End the loop in the step that stores the token; a poll still under way may bring a second one, so keep just one.",
	},
	{
		ID: "POS-07", Chapter: POS, Level: Must, Profile: Quickstart, Since: "0.1.0",
		Source:   "Q",
		Sentence: "keeps its token over its own restart",
		Advice:   "Save the token durably before its first use: it is never shown again, and a new one needs somebody at the button.",
	},
	{
		ID: "POS-08", Chapter: POS, Level: Must, Profile: Quickstart, Since: "0.1.0",
		Source:   "Q; R; RFC 6750 §2.1",
		Sentence: "presents its token by Authorization: Bearer on secured requests, and never in a URL",
		Advice:   "Set the header in one hook of the HTTP client for all requests, and send it to no other host on a redirect.",
	},
	{
		ID: "POS-09", Chapter: POS, Level: Must, Profile: Quickstart, Since: "0.1.0",
		Source:   "Q",
		Sentence: `authenticates its WebSocket by header or by {"accesstoken":"…"} first, within 20 s`,
		Advice:   "Send the message straight from the open handler; fetching the token or asking a user there uses the 20 s up.",
	},
	{
		ID: "POS-10", Chapter: POS, Level: Must, Profile: Quickstart, Since: "0.1.0",
		Source:   "Q",
		Sentence: "sends nothing on a WebSocket ahead of its token",
		Advice:   "Hold hellos and heartbeats back until the snapshot is there: the gateway takes the first message for the token and closes.",
	},
	{
		ID: "POS-11", Chapter: POS, Level: Must, Profile: Quickstart, Since: "0.1.0",
		Source:   "Q",
		Sentence: "connects again after the gateway has closed the connection",
		Advice:   "Treat close and error alike and go back to the connect step; a clean close code is no reason to stay away.",
	},
	{
		ID: "POS-12", Chapter: POS, Level: Should, Profile: Quickstart, Since: "0.1.0",
		Source:   "RFC 6455 §7.2.3",
		Sentence: "waits longer between attempts that fail, and never retries in a tight loop",
		Advice:   "Double the wait up to a ceiling, add some randomness, and reset it on the first snapshot, not on the TCP connect.",
	},
	{
		ID: "POS-13", Chapter: POS, Level: Must, Profile: Quickstart, Since: "0.1.0",
		Source:   "Q",
		Sentence: "searches again when the gateway's address has changed, and connects to the new one",
		Advice:   "Browse anew after a few failures and drop the remembered address; resolvers that cache it go on handing out the old one.",
	},
	{
		ID: "POS-14", Chapter: POS, Level: Must, Profile: Quickstart, Since: "0.1.0",
		Source:   "Q; R",
		Sentence: "stops using a revoked token and starts over for a new one",
		Advice:   "Take a refusal with returnCode -2 as the end of the token: forget it and ask for the button, instead of retrying with it.",
	},
	{
		ID: "POS-15", Chapter: POS, Level: Must, Profile: Quickstart, Since: "0.1.0",
		Source:   "RFC 6455 §5.5.1–5.5.3",
		Sentence: "answers pings with pongs, and a close frame with a close frame",
		Advice:   "Keep a read running at all times: most libraries answer control frames only from inside it.",
	},
	{
		ID: "POS-16", Chapter: POS, Level: Must, Profile: Quickstart, Since: "0.1.0",
		Source:   "Q",
		Sentence: "survives unknown event types, extra members, and null where the protocol allows it",
		Advice:   "Skip what you do not know; strict decoders, exhaustive switches and fields that cannot be null throw at the first novelty.",
	},
	{
		ID: "POS-17", Chapter: POS, Level: Must, Profile: Quickstart, Since: "0.1.0",
		Source:   "Q; RFC 6455 §5.4",
		Sentence: "survives a snapshot of 500 orders, and one in many fragments",
		Advice:   "Raise the library's limit on message size, and parse whole messages: a fragment is no JSON document.",
	},
	{
		ID: "POS-18", Chapter: POS, Level: Must, Profile: Quickstart, Since: "0.1.0",
		Source:   "Q",
		Sentence: "survives a snapshot that contradicts what it knew before it was offline",
		Advice:   "Replace what you hold by the snapshot instead of merging: an order not in it is gone, and a name may have a new uuid.",
	},
	{
		ID: "POS-19", Chapter: POS, Level: Should, Profile: Quickstart, Since: "0.1.0",
		Source:   "Q; R",
		Sentence: "asks for history with valid dates and a limit of at most 100, and pages on",
		Advice:   "Write dates without zone or fraction in the gateway's local time, and move offset by the number of items received.",
	},
	{
		ID: "POS-20", Chapter: POS, Level: Should, Profile: Quickstart, Since: "0.1.0",
		Source:   "Q; good sense",
		Sentence: "notices that the gateway is offline, and does not flood it",
		Advice:   "Send pings on the WebSocket or ask GET /api/v2 from time to time, with a timeout: a pulled cable closes no socket.",
	},
	{
		ID: "POS-21", Chapter: POS, Level: Should, Profile: Quickstart, Since: "0.1.0",
		Source:   "RFC 6455 §5.5.1, §7.1.2",
		Sentence: "closes its WebSocket in good order when it stops",
		Advice:   "Send a close frame on the way out and give the answer a moment, before the process or its network is gone.",
	},
	{
		ID: "POS-22", Chapter: POS, Level: Should, Profile: Quickstart, Since: "0.1.0",
		Source:   "R; C",
		Sentence: "survives an error message on the WebSocket, with message and returnCode",
		Advice:   "Do not count on type being there: such a message is no event, and the close after it is the ordinary way to reconnect.",
	},
	{
		ID: "POS-23", Chapter: POS, Level: Should, Profile: Quickstart, Since: "0.1.0",
		Source:   "good sense",
		Sentence: "copes with answers that take half a second and ones that take five",
		Advice:   "Set the request timeout well above five seconds, and keep requests off the thread of the user interface.",
	},
	{
		ID: "POS-24", Chapter: POS, Level: Must, Profile: Quickstart, Since: "0.1.0",
		Source:   "Q; R; RFC 9112 §3",
		Sentence: "sends well-formed requests throughout: method, path, JSON and content type",
		Advice:   "Leave it to libraries: escape path and query, serialize JSON instead of joining strings, and label it application/json.",
	},
}
