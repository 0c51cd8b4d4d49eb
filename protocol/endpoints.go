package protocol

import "net/http"

// DefaultPort is the TCP port of the API where nothing else is known (Q).
const DefaultPort = 8000

// The paths of the API (Q, R). {id} stands for an order's name or UUID.
const (
	Base = "/api/v2"

	PathGenerate     = Base + "/accesstoken/generate"
	PathToken        = Base + "/accesstoken"
	PathTokens       = Base + "/accesstoken/all"
	PathWebSocket    = Base + "/websocket"
	PathActiveOrders = Base + "/activeorders"
	PathHistory      = Base + "/orders"
	PathStatistics   = Base + "/statistics"
	PathSettings     = Base + "/gateway/settings"
	PathActivate     = Base + "/gateway/activate"
	PathRepeaters    = Base + "/repeaters"
	PathBeginPairing = Base + "/repeaters/beginPairing"
	PathEndPairing   = Base + "/repeaters/endPairing"
	PathRegister     = Base + "/register"
)

// PathOrder is the path of one active order, by name or UUID.
func PathOrder(id string) string { return PathActiveOrders + "/" + id }

// PathPage is the path that pages one active order (R). PathGuestPaging is
// another spelling that was seen in use (C).
func PathPage(id string) string { return PathOrder(id) + "/page" }

// PathGuestPaging is the other spelling of PathPage (C).
func PathGuestPaging(id string) string { return PathOrder(id) + "/guest_paging" }

// Effect is what a request does to the gateway when it is obeyed.
type Effect string

// The effects of requests, from harmless to far-reaching.
const (
	Reads           Effect = "reads"
	ChangesTokens   Effect = "changes tokens"
	ChangesOrders   Effect = "changes orders"
	ClearsAllOrders Effect = "clears all orders"
	ChangesSettings Effect = "changes settings"
)

// Endpoint is one method on one path.
type Endpoint struct {
	Method string
	Path   string // {id} stands for an order
	Effect Effect
	Source string // Q, R
}

func (e Endpoint) String() string { return e.Method + " " + e.Path }

// Secured lists every endpoint that needs a token (R; history and WebSocket Q).
// The WebSocket is not among them: it may be opened without one.
var Secured = []Endpoint{
	{http.MethodPost, PathGenerate, ChangesTokens, "R"},
	{http.MethodGet, PathToken, Reads, "R"},
	{http.MethodGet, PathTokens, Reads, "R"},
	{http.MethodDelete, PathToken, ChangesTokens, "R"},
	{http.MethodGet, PathActiveOrders, Reads, "R"},
	{http.MethodPost, PathActiveOrders, ChangesOrders, "R"},
	{http.MethodDelete, PathActiveOrders, ClearsAllOrders, "R"},
	{http.MethodGet, PathOrder("{id}"), Reads, "R"},
	{http.MethodDelete, PathOrder("{id}"), ChangesOrders, "R"},
	{http.MethodPost, PathPage("{id}"), ChangesOrders, "R"},
	{http.MethodGet, PathHistory, Reads, "Q"},
	{http.MethodGet, PathStatistics, Reads, "R"},
	{http.MethodGet, PathSettings, Reads, "R"},
	{http.MethodPost, PathSettings, ChangesSettings, "R"},
	{http.MethodGet, PathActivate, Reads, "R"},
	{http.MethodPost, PathActivate, ChangesSettings, "R"},
	{http.MethodGet, PathRepeaters, Reads, "R"},
	{http.MethodDelete, PathRepeaters, ChangesSettings, "R"},
	{http.MethodPost, PathBeginPairing, ChangesSettings, "R"},
	{http.MethodPost, PathEndPairing, ChangesSettings, "R"},
	{http.MethodPost, PathRegister, ChangesSettings, "R"},
}
