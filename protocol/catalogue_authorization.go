package protocol

// authorizationRequirements: what secured endpoints grant to whom.
var authorizationRequirements = []Requirement{
	{
		ID: "AUTH-01", Chapter: Authorization, Level: Must, Profile: Quickstart, Since: "0.1.0",
		Source:   "Q; R",
		Sentence: "refuses every secured endpoint to a caller without credentials",
		Advice:   "Put the check before the router and list the open paths as exceptions, so that a new endpoint is closed unless opened.",
	},
	{
		ID: "AUTH-02", Chapter: Authorization, Level: Should, Profile: Reference, Since: "0.1.0",
		Source:   "R",
		Sentence: "answers an Authorization header that it cannot parse with 400 and returnCode -1",
		Advice:   "Tell parsing from look-up: a value with too few or too many parts is -1, a well-formed token that nobody holds is -2.",
	},
	{
		ID: "AUTH-03", Chapter: Authorization, Level: Must, Profile: Quickstart, Since: "0.1.0",
		Source:   "Q; R; C",
		Sentence: "refuses an unknown token, and should do so by 401 and returnCode -2",
		Advice:   "Look for a check that only tests the token's form, or lets everyone in while the token store is empty or unreadable.",
	},
	{
		ID: "AUTH-04", Chapter: Authorization, Level: Must, Profile: Quickstart, Since: "0.1.0",
		Source:   "R; RFC 6750 §2.1",
		Sentence: "refuses a good token under another scheme, such as Basic",
		Advice:   "Compare the scheme before reading on; code that takes whatever follows the first space accepts any scheme.",
	},
	{
		ID: "AUTH-05", Chapter: Authorization, Level: Must, Profile: Quickstart, Since: "0.1.0",
		Source:   "R; RFC 9110 §15.5.2",
		Sentence: "leaves everything as it was when it refuses a request",
		Advice:   "Authorize before the handler runs; a check in a response hook comes when the order has already been made or cleared.",
	},
	{
		ID: "AUTH-06", Chapter: Authorization, Level: Must, Profile: Quickstart, Since: "0.1.0",
		Source:   "Q",
		Sentence: "accepts a token only as issued, not cut, extended or in other letter case",
		Advice:   "Compare the whole value byte for byte, in constant time; prefix tests and case-blind database columns let variants in.",
	},
	{
		ID: "AUTH-07", Chapter: Authorization, Level: Info, Profile: Quickstart, Since: "0.1.0",
		Source:   "RFC 6750 §2.3; RFC 9110 §11.1",
		Sentence: "may accept bearer in lower case, or a token in the query; either is reported",
		Advice:   "RFC 9110 makes scheme names case-blind, so accept bearer; refuse tokens in the query, for URLs end up in logs.",
	},
	{
		ID: "AUTH-08", Chapter: Authorization, Level: Must, Profile: Quickstart, Since: "0.1.0",
		Source:   "Q; R",
		Sentence: "puts no order data into a refusal",
		Advice:   "Build refusals from status, returnCode and message alone, and authorize before looking an order up: 404 in place of 401 tells too.",
	},
}
