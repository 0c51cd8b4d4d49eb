package protocol

// historyRequirements: finished orders, their filters and their life.
var historyRequirements = []Requirement{
	{
		ID: "HIST-01", Chapter: History, Level: Must, Profile: Quickstart, Since: "0.1.0",
		Source:   "Q",
		Sentence: "answers GET /orders with a list of orders",
		Advice:   "Return the same object form as for active orders, in an array; with no order it is empty, not 404.",
	},
	{
		ID: "HIST-02", Chapter: History, Level: Must, Profile: Quickstart, Since: "0.1.0",
		Source:   "Q",
		Sentence: "lists an order in its history once the order is finished",
		Advice:   "Write the record as part of clearing, by whatever way the order was cleared, and before the answer goes out.",
	},
	{
		ID: "HIST-03", Chapter: History, Level: Should, Profile: Reference, Since: "0.1.0",
		Source:   "R",
		Sentence: "returns 25 orders where no limit is given, and never more than 100",
		Advice:   "Apply default and ceiling where limit is parsed; above 100, cut or refuse, but never hand it through.",
	},
	{
		ID: "HIST-04", Chapter: History, Level: Should, Profile: Reference, Since: "0.1.0",
		Source:   "R",
		Sentence: "returns as many orders as limit asks for, if it has them",
		Advice:   "Filter first and limit last; a limit before the filter returns too few.",
	},
	{
		ID: "HIST-05", Chapter: History, Level: Should, Profile: Reference, Since: "0.1.0",
		Source:   "R",
		Sentence: "pages by offset with neither overlap nor gap between neighbouring pages",
		Advice:   "Sort by a unique key, such as created and then uuid; dates in whole seconds alone let rows change places between pages.",
	},
	{
		ID: "HIST-06", Chapter: History, Level: Should, Profile: Reference, Since: "0.1.0",
		Source:   "R",
		Sentence: "keeps to created_after and created_before",
		Advice:   "Compare in the local time in which created is shown; converting one side to UTC moves the bounds by hours.",
	},
	{
		ID: "HIST-07", Chapter: History, Level: Should, Profile: Reference, Since: "0.1.0",
		Source:   "R",
		Sentence: "lists only orders of the type that order_type asks for",
		Advice:   "Bring both on-premise spellings to the stored one before comparing, in the filter as well as when storing.",
	},
	{
		ID: "HIST-08", Chapter: History, Level: Should, Profile: Reference, Since: "0.1.0",
		Source:   "R",
		Sentence: "lists only orders at the location that location_name asks for",
		Advice:   "Compare whole strings: a substring match finds 112 for 12, a numeric one 012.",
	},
	{
		ID: "HIST-09", Chapter: History, Level: Should, Profile: Reference, Since: "0.1.0",
		Source:   "R",
		Sentence: "lists, under several filters, only orders that pass all of them",
		Advice:   "Add a condition joined by AND for each parameter that is there; an if/else chain heeds the first alone.",
	},
	{
		ID: "HIST-10", Chapter: History, Level: Should, Profile: Reference, Since: "0.1.0",
		Source:   "R",
		Sentence: "refuses with 400 a bad limit (-23), offset (-24), date (-25) or type (-12)",
		Advice:   "Refuse what does not parse instead of falling back to the default: -1, ten, 2024-02-30, TAKEAWAY.",
	},
	{
		ID: "HIST-11", Chapter: History, Level: Must, Profile: Quickstart, Since: "0.1.0",
		Source:   "Q",
		Sentence: "lists nothing that is older than two weeks and a day of grace",
		Advice:   "Purge on a schedule and filter by age when reading as well: a box that was switched off wakes up with stale rows.",
	},
	{
		ID: "HIST-12", Chapter: History, Level: Should, Profile: Quickstart, Since: "0.1.0",
		Source:   "Q",
		Sentence: "still lists orders that are younger than two weeks",
		Advice:   "Purge by age alone, not at start-up or by number of rows; if space is short, store less of each order.",
	},
	{
		ID: "HIST-13", Chapter: History, Level: Should, Profile: Reference, Since: "0.1.0",
		Source:   "R",
		Sentence: "repeats its answer, in the same sequence, when the same query is put again at rest",
		Advice:   "Order explicitly and by a unique key in the end; without ORDER BY a database returns rows as it likes.",
	},
	{
		ID: "HIST-14", Chapter: History, Level: Must, Profile: Robustness, Since: "0.1.0",
		Source:   "RFC 9110 §17.4",
		Sentence: "takes hostile parameters as plain values: no 5xx, no rows that the filter excludes",
		Advice:   "Bind parameters in prepared statements after checking their form; SQL put together from strings shows as 500 or extra rows.",
	},
	{
		ID: "HIST-15", Chapter: History, Level: Must, Profile: Quickstart, Since: "0.1.0",
		Source:   "Q; R",
		Sentence: "agrees with events and snapshots on each order's uuid, name, type, location and created",
		Advice:   "Archive the order as it was last sent; a record of its own for history loses the location or is stamped anew.",
	},
	{
		ID: "HIST-16", Chapter: History, Level: Info, Profile: Quickstart, Since: "0.1.0",
		Source:   "Q; R",
		Sentence: "may list active orders, sort either way, include bounds or not; what it does is reported",
		Advice:   "Nothing to mend. Document the choice and keep to it from version to version, for clients come to rely on it.",
	},
}
