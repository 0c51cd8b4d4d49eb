package protocol

// EventType is the "type" of a WebSocket message.
type EventType string

// The message types of the event stream (Q). A client ignores others.
const (
	ActiveOrders  EventType = "ACTIVE_ORDERS"
	OrderCreated  EventType = "ORDER_CREATED"
	OrderModified EventType = "ORDER_MODIFIED"
	OrderPaged    EventType = "ORDER_PAGED"
)

// Event is an order event: an order object with a type and a sequence number
// beside its fields (Q, R).
type Event struct {
	Type EventType `json:"type"`
	// Seq grows by one with each event of the gateway (R).
	Seq int64 `json:"seq"`
	Order
}

// Snapshot is the first message on an authenticated WebSocket (Q; count R).
type Snapshot struct {
	Type  EventType `json:"type"`
	Count int       `json:"count"`
	Items []Order   `json:"items"`
}

// AuthMessage is the first message of a client that did not authenticate in
// the handshake (Q).
type AuthMessage struct {
	AccessToken string `json:"accesstoken"`
}
