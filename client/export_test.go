package client

// The bounds that tests reach for.
const (
	MaxBody      = maxBody
	MaxHeader    = maxHeader
	MaxText      = maxText
	MaxExchanges = maxExchanges
	MaxMessage   = maxMessage
	MaxMessages  = maxMessages
	MaxKept      = maxKept
	MaxOutput    = maxOutput
	EndTimeout   = endTimeout
	CloseTimeout = closeTimeout
	LatestPongs  = latestPongs
	PressTimeout = pressTimeout
	Reaction     = reaction
)

// PressedBetween is when the button went down.
var PressedBetween = pressedBetween

// NewOver returns a client whose connections are made by dial.
var NewOver = newClient
