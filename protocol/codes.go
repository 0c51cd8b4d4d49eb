package protocol

import "fmt"

// ReturnCode is the gateway's own verdict on a request, beside the HTTP status
// (R, C).
type ReturnCode int

// The return codes that the cases and the reference gateway speak of by name.
const (
	CodeToken             ReturnCode = 1
	CodeTokenGenerated    ReturnCode = 2
	CodeTokens            ReturnCode = 3
	CodeActiveOrders      ReturnCode = 5
	CodeActiveOrder       ReturnCode = 6
	CodeSettings          ReturnCode = 13
	CodeRepeaters         ReturnCode = 15
	CodeTokenDeleted      ReturnCode = 1001
	CodePagingCancelled   ReturnCode = 1002
	CodeNoTracker         ReturnCode = 1003
	CodeSettingsChanged   ReturnCode = 1004
	CodeWebhookRegistered ReturnCode = 1005
	CodeRepeatersCleared  ReturnCode = 1006
	CodeInventoryCleared  ReturnCode = 1007
	CodeAlreadyActivated  ReturnCode = 1008
	CodeAlreadyStarted    ReturnCode = 1009
	CodeAlreadyLocated    ReturnCode = 1010
	CodeActivated         ReturnCode = 1011
	CodePairingOn         ReturnCode = 1012
	CodePairingOff        ReturnCode = 1013

	CodeMalformedAuth       ReturnCode = -1
	CodeInvalidToken        ReturnCode = -2
	CodeWindowClosed        ReturnCode = -3
	CodeBadTokenName        ReturnCode = -4
	CodeUnavailable         ReturnCode = -5
	CodeOrderNotFound       ReturnCode = -6
	CodeBadOrderID          ReturnCode = -7
	CodeNameMissing         ReturnCode = -8
	CodeBadName             ReturnCode = -9
	CodeBadLocation         ReturnCode = -10
	CodeTypeMissing         ReturnCode = -11
	CodeBadType             ReturnCode = -12
	CodePagingUnavailable   ReturnCode = -13
	CodePagingImpossible    ReturnCode = -14
	CodeBadBoolean          ReturnCode = -15
	CodeBadTimeout          ReturnCode = -16
	CodeBadDeviceCode       ReturnCode = -17
	CodeDeviceCodeMissing   ReturnCode = -18
	CodeUnknownDeviceCode   ReturnCode = -19
	CodeUnknownSetting      ReturnCode = -20
	CodeBadSetting          ReturnCode = -21
	CodeBadTargetTime       ReturnCode = -22
	CodeBadLimit            ReturnCode = -23
	CodeBadOffset           ReturnCode = -24
	CodeBadDate             ReturnCode = -25
	CodeBadOrderUUID        ReturnCode = -27
	CodeWebhookMissing      ReturnCode = -28
	CodeBadWebhookURL       ReturnCode = -29
	CodeUnknownWebhook      ReturnCode = -30
	CodeBadJSON             ReturnCode = -31
	CodeTokenTimeout        ReturnCode = -32
	CodeBadTimeoutParameter ReturnCode = -33
	CodeTimeoutOutOfBounds  ReturnCode = -34
)

var codeMeanings = map[ReturnCode]string{
	CodeToken: "own token", CodeTokenGenerated: "token generated", CodeTokens: "all tokens",
	CodeActiveOrders: "active orders", CodeActiveOrder: "one active order",
	CodeSettings: "settings", CodeRepeaters: "repeaters",
	CodeTokenDeleted: "token deleted", CodePagingCancelled: "paging cancelled", CodeNoTracker: "no tracker to cancel",
	CodeSettingsChanged: "settings changed", CodeWebhookRegistered: "webhook registered",
	CodeRepeatersCleared: "repeaters cleared", CodeInventoryCleared: "inventory cleared",
	CodeAlreadyActivated: "already activated with the cloud", CodeActivated: "now activated with the cloud",
	CodeAlreadyStarted: "order already started", CodeAlreadyLocated: "order already located",
	CodePairingOn: "pairing on", CodePairingOff: "pairing off",
	CodeMalformedAuth: "malformed Authorization header", CodeInvalidToken: "invalid token",
	CodeWindowClosed: "token window expired or button not pressed", CodeBadTokenName: "bad token name",
	CodeUnavailable: "unavailable API", CodeOrderNotFound: "order not found", CodeBadOrderID: "invalid order id",
	CodeNameMissing: "order name missing", CodeBadName: "invalid order name", CodeBadLocation: "invalid location name",
	CodeTypeMissing: "order type omitted", CodeBadType: "invalid order type",
	CodePagingUnavailable: "paging unavailable", CodePagingImpossible: "paging impossible",
	CodeBadBoolean: "invalid boolean", CodeBadTimeout: "invalid timeout",
	CodeBadDeviceCode: "malformed device code", CodeDeviceCodeMissing: "missing device code",
	CodeUnknownDeviceCode: "unknown device code", CodeUnknownSetting: "unknown setting", CodeBadSetting: "invalid value",
	CodeBadTargetTime: "invalid target time", CodeBadLimit: "invalid limit", CodeBadOffset: "invalid offset",
	CodeBadDate: "invalid date", CodeBadOrderUUID: "invalid order UUID",
	CodeWebhookMissing: "webhook property missing", CodeBadWebhookURL: "bad webhook URL", CodeUnknownWebhook: "no such client",
	CodeBadJSON: "invalid JSON payload", CodeTokenTimeout: "timed out waiting for the token",
	CodeBadTimeoutParameter: "invalid timeout parameter", CodeTimeoutOutOfBounds: "timeout parameter out of bounds",
}

// Meaning returns what the code stands for, or "" for one that is not
// documented.
func (c ReturnCode) Meaning() string { return codeMeanings[c] }

func (c ReturnCode) String() string {
	if meaning := c.Meaning(); meaning != "" {
		return fmt.Sprintf("%d (%s)", int(c), meaning)
	}
	return fmt.Sprintf("%d (not documented)", int(c))
}
