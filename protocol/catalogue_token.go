package protocol

// tokenRequirements: how access tokens are made, shown, used and revoked.
var tokenRequirements = []Requirement{
	{
		ID: "TOK-01", Chapter: Tokens, Level: Must, Profile: Quickstart, Since: "0.1.0",
		Source:   "Q",
		Sentence: "refuses GET /accesstoken/generate and shows no token unless a button window is open",
		Advice:   "Check the window before anything is generated, and make sure that it is closed after boot and after a clock change.",
	},
	{
		ID: "TOK-02", Chapter: Tokens, Level: Should, Profile: Reference, Since: "0.1.0",
		Source:   "R",
		Sentence: "refuses outside the window by HTTP 403, status 403 and returnCode -3",
		Advice:   "Give the closed window an error of its own; a general 401, or a 200 with an error inside, misleads clients that poll.",
	},
	{
		ID: "TOK-03", Chapter: Tokens, Level: Must, Profile: Quickstart, Since: "0.1.0",
		Source:   "Q",
		Sentence: "answers with 201 and a token object when asked within the window",
		Advice:   "Return 201, not 200, and put name, token and dates inside a member called token, not beside status.",
	},
	{
		ID: "TOK-04", Chapter: Tokens, Level: Must, Profile: Quickstart, Since: "0.1.0",
		Source:   "Q; R",
		Sentence: "repeats the HTTP status of its answer in the member status",
		Advice:   "Write both from one variable; error paths through the framework's exceptions set the one and forget the other.",
	},
	{
		ID: "TOK-05", Chapter: Tokens, Level: Should, Profile: Reference, Since: "0.1.0",
		Source:   "Q; R",
		Sentence: "makes tokens of exactly 48 hexadecimal digits",
		Advice:   "Encode 24 random bytes as hex; base64, hyphens or a lost leading zero break clients that check the form.",
	},
	{
		ID: "TOK-06", Chapter: Tokens, Level: Should, Profile: Reference, Since: "0.1.0",
		Source:   "Q",
		Sentence: `calls a token "default" if the request asks for no name`,
		Advice:   "Fill the default in where the query is parsed, so that neither null nor an empty name reaches the store.",
	},
	{
		ID: "TOK-07", Chapter: Tokens, Level: Should, Profile: Reference, Since: "0.1.0",
		Source:   "R",
		Sentence: "gives a token the name that ?name= asks for",
		Advice:   "Read name from the query string, percent-decoded; a GET has no body to take it from.",
	},
	{
		ID: "TOK-08", Chapter: Tokens, Level: Should, Profile: Quickstart, Since: "0.1.0",
		Source:   "Q; R",
		Sentence: "dates a token YYYY-MM-DDTHH:MM:SS and, by its own clock, within 5 s of the request",
		Advice:   "Drop fraction and zone when formatting (isoformat and its kin add them), and take the time of generation, not of the press.",
	},
	{
		ID: "TOK-09", Chapter: Tokens, Level: Should, Profile: Quickstart, Since: "0.1.0",
		Source:   "Q",
		Sentence: "shows last_used and ip_address of a new token as null",
		Advice:   `Do not count the request that makes the token as its first use, and write null, neither "" nor no member at all.`,
	},
	{
		ID: "TOK-10", Chapter: Tokens, Level: Must, Profile: Quickstart, Since: "0.1.0",
		Source:   "Q",
		Sentence: "keeps the window open for the whole 2 minutes: a request just before their end succeeds",
		Advice:   "Measure 120 s from the press on the monotonic clock; a coarse timer tick or a step by NTP cuts the window short.",
	},
	{
		ID: "TOK-11", Chapter: Tokens, Level: Must, Profile: Quickstart, Since: "0.1.0",
		Source:   "Q",
		Sentence: "closes the window when the 2 minutes are over: a request just after that is refused",
		Advice:   "Compare the age of the press on each request instead of trusting a timer, and check that polling does not renew it.",
	},
	{
		ID: "TOK-12", Chapter: Tokens, Level: Should, Profile: Reference, Since: "0.1.0",
		Source:   "R",
		Sentence: "closes the window with the first token that is generated in it",
		Advice:   "Clear the window in the same critical section that stores the token, not after the response has been sent.",
	},
	{
		ID: "TOK-13", Chapter: Tokens, Level: Must, Profile: Quickstart, Since: "0.1.0",
		Source:   "Q",
		Sentence: "lets clients poll before the press without opening, shortening or lengthening the window",
		Advice:   "The refused path must write no state: no lock-out counter, no rate limit, no time of last attempt that the window hangs on.",
	},
	{
		ID: "TOK-14", Chapter: Tokens, Level: Must, Profile: Quickstart, Since: "0.1.0",
		Source:   "Q; RFC 6749 §10.10",
		Sentence: "issues no token twice, and gives its tokens no long part in common",
		Advice:   "Draw all 24 bytes from the system's random source; a serial number, a timestamp or a seed fixed at boot shows up here.",
	},
	{
		ID: "TOK-15", Chapter: Tokens, Level: Must, Profile: Quickstart, Since: "0.1.0",
		Source:   "Q",
		Sentence: "shows a token in the one response that makes it, and in no later one",
		Advice:   "Serialize token lists member by member; dumping the stored record, or echoing the request in an error, gives the secret away.",
	},
	{
		ID: "TOK-16", Chapter: Tokens, Level: Should, Profile: Reference, Since: "0.1.0",
		Source:   "R",
		Sentence: "makes a further token by POST /accesstoken/generate for the holder of a valid one",
		Advice:   "Skip the window check for an authorized POST, and let it neither open nor close the window.",
	},
	{
		ID: "TOK-17", Chapter: Tokens, Level: Must, Profile: Reference, Since: "0.1.0",
		Source:   "Q; R",
		Sentence: "refuses POST /accesstoken/generate without a valid token",
		Advice:   "If GET and POST share a handler, branch on the method first; falling through to the window check lets anyone in.",
	},
	{
		ID: "TOK-18", Chapter: Tokens, Level: Must, Profile: Quickstart, Since: "0.1.0",
		Source:   "Q",
		Sentence: "serves several clients that use one token at the same time",
		Advice:   "Key sessions by connection, not by token; a map from token to socket or address throws the earlier client out.",
	},
	{
		ID: "TOK-19", Chapter: Tokens, Level: Should, Profile: Reference, Since: "0.1.0",
		Source:   "R",
		Sentence: "revokes the caller's token on DELETE /accesstoken (returnCode 1001) and refuses it from then on",
		Advice:   "Remove the token from memory and storage in one step; a cache in front of the check keeps a revoked token alive.",
	},
	{
		ID: "TOK-20", Chapter: Tokens, Level: Should, Profile: Reference, Since: "0.1.0",
		Source:   "R",
		Sentence: "tells last_used and the caller's ip_address by GET /accesstoken",
		Advice:   "Update both on every authorized request; behind a proxy on the box, pass the client's address on or all clients are 127.0.0.1.",
	},
	{
		ID: "TOK-21", Chapter: Tokens, Level: Should, Profile: Reference, Since: "0.1.0",
		Source:   "R",
		Sentence: "lists all tokens by GET /accesstoken/all, with count equal to the number of items",
		Advice:   "Take count from the list that is serialized, after revoked tokens have been left out.",
	},
	{
		ID: "TOK-22", Chapter: Tokens, Level: Must, Profile: Quickstart, Since: "0.1.0",
		Source:   "Q",
		Sentence: "gives two requests that race in one window at most one token each, and both tokens work",
		Advice:   "Hold one lock over check, generation and storing; of two racing writers the second must not overwrite the first one's token.",
	},
	{
		ID: "TOK-23", Chapter: Tokens, Level: Should, Profile: Quickstart, Since: "0.1.0",
		Source:   "good sense",
		Sentence: "still accepts, after a restart, the tokens that it issued before",
		Advice:   "Write the token to flash and sync before the 201 goes out; a RAM disk or a delayed write loses it at power-off.",
	},
	{
		ID: "TOK-24", Chapter: Tokens, Level: Info, Profile: Reference, Since: "0.1.0",
		Source:   "R",
		Sentence: "may refuse some token names; which ones and how is reported",
		Advice:   "Nothing to mend. Where a name is refused, 400 with returnCode -4 and a message that states the rule helps most.",
	},
}
