package protocol

// orderRequirements: active orders over HTTP.
var orderRequirements = []Requirement{
	{
		ID: "ORD-01", Chapter: Orders, Level: Should, Profile: Reference, Since: "0.1.0",
		Source:   "R",
		Sentence: "lists its active orders with count, items and returnCode 5",
		Advice:   "With no order at all, send count 0 and items []; 404 is for one order that cannot be found.",
	},
	{
		ID: "ORD-02", Chapter: Orders, Level: Should, Profile: Reference, Since: "0.1.0",
		Source:   "R",
		Sentence: "finds the same order by its name and by its UUID",
		Advice:   "Search active orders only, by both keys; a name searched among all orders brings up one that was cleared.",
	},
	{
		ID: "ORD-03", Chapter: Orders, Level: Should, Profile: Reference, Since: "0.1.0",
		Source:   "R",
		Sentence: "answers a look-up of an unknown order with 404 and returnCode -6",
		Advice:   "Answer from your own handler; the framework's 404 page is HTML and has no returnCode.",
	},
	{
		ID: "ORD-04", Chapter: Orders, Level: Should, Profile: Reference, Since: "0.1.0",
		Source:   "R",
		Sentence: `gives an order posted without a location the state started and locationName ""`,
		Advice:   `Store no location as the empty string from the outset; null, "0" or a missing member is what usually comes out.`,
	},
	{
		ID: "ORD-05", Chapter: Orders, Level: Should, Profile: Reference, Since: "0.1.0",
		Source:   "R",
		Sentence: "gives an order posted with a location that location and the state located",
		Advice:   "Derive state from the location in one place, before the order is stored and its event built.",
	},
	{
		ID: "ORD-06", Chapter: Orders, Level: Should, Profile: Reference, Since: "0.1.0",
		Source:   "R",
		Sentence: "moves a started order to located by a second POST, with uuid and created unchanged",
		Advice:   "Look the name up among active orders and update in place; an insert that replaces gives a new uuid and created.",
	},
	{
		ID: "ORD-07", Chapter: Orders, Level: Should, Profile: Reference, Since: "0.1.0",
		Source:   "R",
		Sentence: "accepts ON_PREMISE, ON_PREMISES and TO_GO, and reports the type that was asked for",
		Advice:   "Read both on-premise spellings as one type, and let no default overwrite TO_GO.",
	},
	{
		ID: "ORD-08", Chapter: Orders, Level: Should, Profile: Reference, Since: "0.1.0",
		Source:   "R",
		Sentence: "refuses with 400 a missing or non-digit name (-8, -9), a bad type (-11, -12) or location (-10)",
		Advice:   `Validate before storing, as a string of ASCII digits: isdigit and \d take other scripts' digits, and 66 is no string.`,
	},
	{
		ID: "ORD-09", Chapter: Orders, Level: Should, Profile: Reference, Since: "0.1.0",
		Source:   "R",
		Sentence: "reports a repeated start (1009) or locate (1010) and makes no second order",
		Advice:   "Check and insert under one lock or a unique index on active names; otherwise two equal POSTs at once make two orders.",
	},
	{
		ID: "ORD-10", Chapter: Orders, Level: Should, Profile: Reference, Since: "0.1.0",
		Source:   "R",
		Sentence: "pages an order on request and then shows it with paged true",
		Advice:   "Keep the flag with the order, not with the tracker, and store it before the answer goes out.",
	},
	{
		ID: "ORD-11", Chapter: Orders, Level: Should, Profile: Reference, Since: "0.1.0",
		Source:   "R",
		Sentence: "clears the one order that is named, and no other",
		Advice:   "Match the path's last segment as a whole; a prefix match, or an empty id taken for the whole list, clears too much.",
	},
	{
		ID: "ORD-12", Chapter: Orders, Level: Should, Profile: Reference, Since: "0.1.0",
		Source:   "R",
		Sentence: "answers malformed JSON with 4xx (returnCode -31), never with 5xx",
		Advice:   "Catch errors around the body parser, not only in the handler: cut JSON, no body and bytes that are not UTF-8 end there.",
	},
	{
		ID: "ORD-13", Chapter: Orders, Level: Should, Profile: Reference, Since: "0.1.0",
		Source:   "R",
		Sentence: "answers 404 when asked to page or clear an order that is not active",
		Advice:   "Look the order up before talking to its tracker, and treat a cleared order like an unknown one.",
	},
	{
		ID: "ORD-14", Chapter: Orders, Level: Should, Profile: Reference, Since: "0.1.0",
		Source:   "R",
		Sentence: "clears all active orders by DELETE /activeorders",
		Advice:   "Clear one after the other by the ordinary path, so that each gets its event and its place in the history.",
	},
	{
		ID: "ORD-15", Chapter: Orders, Level: Must, Profile: Robustness, Since: "0.1.0",
		Source:   "RFC 9110 §15.5",
		Sentence: "answers odd input without 5xx: long names, Unicode, nesting, wrong JSON or content types",
		Advice:   "Limit body size and nesting before parsing, and turn each validation error into 400; the log's stack trace shows the place.",
	},
	{
		ID: "ORD-16", Chapter: Orders, Level: Should, Profile: Reference, Since: "0.1.0",
		Source:   "R; RFC 9110 §15.5.5–15.5.6",
		Sentence: "answers an unknown path with 404 and a wrong method with 405 or 404",
		Advice:   "Tell the router the methods of each path (405 needs an Allow header); a catch-all handler answers 200 or 500.",
	},
}
