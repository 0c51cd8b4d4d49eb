package protocol

// resilienceRequirements: what a gateway owes in rough company.
var resilienceRequirements = []Requirement{
	{
		ID: "ROB-01", Chapter: Resilience, Level: Must, Profile: Robustness, Since: "0.1.0",
		Source:   "RFC 9110 §17.5; RFC 9112 §2.2, §6.3, §9.3.2",
		Sentence: "still answers after endless headers or bodies, wrong lengths, pipelining and non-HTTP bytes",
		Advice:   "Cap the bytes and the time of header and body, and where the framing is in doubt answer 400 and close.",
	},
	{
		ID: "ROB-02", Chapter: Resilience, Level: Must, Profile: Robustness, Since: "0.1.0",
		Source:   "RFC 9112 §9.5",
		Sentence: "still answers while clients hold connections half-open by slow headers or bodies",
		Advice:   "Set one deadline for the whole header and one for the body; a timeout per read lets a byte now and then hold a worker.",
	},
	{
		ID: "ROB-03", Chapter: Resilience, Level: Must, Profile: Robustness, Since: "0.1.0",
		Source:   "RFC 9112 §9.5",
		Sentence: "frees what vanished clients held: after n sockets came and went it is as able as before",
		Advice:   "Count descriptors, threads and entries of the client list before and after; an error path without clean-up leaks one each time.",
	},
	{
		ID: "ROB-04", Chapter: Resilience, Level: Should, Profile: Robustness, Since: "0.1.0",
		Source:   "good sense",
		Sentence: "turns connections beyond its limit away cleanly, and serves again once others have left",
		Advice:   "Answer 503 or close the surplus socket while a descriptor is left; an accept loop out of descriptors must not spin or die.",
	},
	{
		ID: "ROB-05", Chapter: Resilience, Level: Should, Profile: Robustness, Since: "0.1.0",
		Source:   "good sense",
		Sentence: "shows the same latency, snapshot and token list after a run as before it",
		Advice:   "Compare memory, threads and log size too, and look for orders, tokens or sockets of the run that were never let go.",
	},
}
