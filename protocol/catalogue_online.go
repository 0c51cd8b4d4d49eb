package protocol

// onlineRequirements: the check that tells whether a gateway is online.
var onlineRequirements = []Requirement{
	{
		ID: "ONL-01", Chapter: Online, Level: Must, Profile: Quickstart, Since: "0.1.0",
		Source:   "Q",
		Sentence: "serves GET /api/v2 without credentials, by a 2xx status and a JSON object",
		Advice:   "Exempt this one path from the authentication filter, and return an object: an empty body, a bare string or an HTML page will not do.",
	},
	{
		ID: "ONL-02", Chapter: Online, Level: Should, Profile: Quickstart, Since: "0.1.0",
		Source:   "RFC 8259 §11; RFC 9110 §8.3",
		Sentence: "declares that answer as application/json",
		Advice:   "Set Content-Type where the body is serialized, not in each handler; frameworks fall back to text/html for a plain string.",
	},
	{
		ID: "ONL-03", Chapter: Online, Level: Must, Profile: Quickstart, Since: "0.1.0",
		Source:   "Q",
		Sentence: "still serves GET /api/v2 while hundreds of WebSockets are open",
		Advice:   "Check whether each WebSocket occupies a worker of the HTTP thread pool, and the limit of open files.",
	},
	{
		ID: "ONL-04", Chapter: Online, Level: Should, Profile: Quickstart, Since: "0.1.0",
		Source:   "good sense",
		Sentence: "takes at most 1 s to answer GET /api/v2 while nothing else goes on",
		Advice:   "Keep disk, database and cloud calls out of this handler, and switch off reverse DNS look-ups of the client's address.",
	},
}
