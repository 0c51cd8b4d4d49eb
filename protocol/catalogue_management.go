package protocol

// managementRequirements: statistics, settings, activation, repeaters and callbacks.
var managementRequirements = []Requirement{
	{
		ID: "MGMT-01", Chapter: Management, Level: Should, Profile: Reference, Since: "0.1.0",
		Source:   "R",
		Sentence: "answers GET /statistics under statistics, and a bad target_time with 400 and -22",
		Advice:   "Parse target_time (300 s if absent) before computing; a bad number that gets through ends as 500.",
	},
	{
		ID: "MGMT-02", Chapter: Management, Level: Should, Profile: Reference, Since: "0.1.0",
		Source:   "R",
		Sentence: "answers GET /gateway/settings with the documented keys and returnCode 13",
		Advice:   "The keys are zigbeePreset, targetTimeDefault and timezone, spelt just so; send them even where nothing was ever set.",
	},
	{
		ID: "MGMT-03", Chapter: Management, Level: Should, Profile: Reference, Since: "0.1.0",
		Source:   "R",
		Sentence: "refuses unknown settings (-20) and invalid values (-21), and then changes nothing",
		Advice:   "Validate all members before applying the first; applying in the same loop leaves half a change behind.",
	},
	{
		ID: "MGMT-04", Chapter: Management, Level: Should, Profile: Reference, Since: "0.1.0",
		Source:   "R",
		Sentence: "answers GET /repeaters with returnCode 15, and a bad refresh with -15",
		Advice:   `Accept the two spellings of a boolean and refuse the rest; casting a string makes any text, even "false", true.`,
	},
	{
		ID: "MGMT-05", Chapter: Management, Level: Should, Profile: Reference, Since: "0.1.0",
		Source:   "R",
		Sentence: "calls the URL that POST /register gave it when orders change",
		Advice:   "Read the URL from http_client, and post from a queue with a timeout, so that a dead listener holds nothing up.",
	},
	{
		ID: "MGMT-06", Chapter: Management, Level: Should, Profile: Reference, Since: "0.1.0",
		Source:   "R",
		Sentence: "answers GET /gateway/activate with a state",
		Advice:   "Report the state as last known; a call to the cloud inside the handler fails wherever the internet does.",
	},
	{
		ID: "MGMT-07", Chapter: Management, Level: Should, Profile: Reference, Since: "0.1.0",
		Source:   "R",
		Sentence: "refuses a malformed (-17) or missing (-18) device code",
		Advice:   "Match the whole string against the form 012-3456-789, anchored at both ends, before the cloud is asked.",
	},
	{
		ID: "MGMT-08", Chapter: Management, Level: Should, Profile: Reference, Since: "0.1.0",
		Source:   "R",
		Sentence: "refuses a pairing timeout outside 0 to 254 s with -16",
		Advice:   "Check the range before the value is cut to a byte: 256 becomes 0 there, and -1 becomes 255.",
	},
}
