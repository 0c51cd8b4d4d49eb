package protocol

import (
	"errors"
	"regexp"
)

// State is where an order stands in its life: started, located, cleared.
type State string

// The states of an order (Q).
const (
	Started State = "started"
	Located State = "located"
	Cleared State = "cleared"
)

// OrderType tells whether the guest stays or goes.
type OrderType string

// The order types (R). The gateway accepts OnPremises as another spelling of
// OnPremise.
const (
	OnPremise  OrderType = "ON_PREMISE"
	OnPremises OrderType = "ON_PREMISES"
	ToGo       OrderType = "TO_GO"
)

// Same tells whether two types mean the same: both spellings of on-premise do.
func (t OrderType) Same(other OrderType) bool {
	if t == OnPremises {
		t = OnPremise
	}
	if other == OnPremises {
		other = OnPremise
	}
	return t == other
}

// Order is one order object as the gateway shows it (R).
type Order struct {
	// Name is the number on the tracker, a string of digits.
	Name string    `json:"name"`
	UUID string    `json:"uuid"`
	Type OrderType `json:"orderType"`
	// Location is the number of the table tag, a string of digits, or empty
	// while the tracker was not seen on any.
	Location     string   `json:"locationName"`
	State        State    `json:"state"`
	Created      Datetime `json:"created"`
	StateChanged Datetime `json:"stateChanged"`
	Paged        bool     `json:"paged"`
	// Elapsed is the order's age in whole seconds.
	Elapsed int64 `json:"elapsedTime"`
}

var (
	digits   = regexp.MustCompile(`^[0-9]+$`)
	uuidForm = regexp.MustCompile(`^[0-9a-fA-F]{8}-?([0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}$`)
)

// IsDigits tells whether s is one or more ASCII digits, the form of order and
// location names (R).
func IsDigits(s string) bool { return digits.MatchString(s) }

// IsUUID tells whether s has the form of a UUID, with or without hyphens.
func IsUUID(s string) bool { return uuidForm.MatchString(s) }

// DecodeOrder reads an order object strictly but to the end: the order holds
// every field that could be read, and the error joins one *FieldError for each
// field that is missing, null, of a wrong type or of a wrong form. Unknown
// fields are no error and stay in o.
func DecodeOrder(o Object) (Order, error) {
	var (
		order    Order
		problems []error
	)
	note := func(err error) {
		if err != nil {
			problems = append(problems, err)
		}
	}
	form := func(key, value, want string, ok bool) {
		if !ok {
			note(&FieldError{Key: key, Problem: BadForm, Want: want, Got: quote(value)})
		}
	}
	var err error
	if order.Name, err = o.String("name"); err != nil {
		note(err)
	} else {
		form("name", order.Name, "a string of digits", IsDigits(order.Name))
	}
	if order.UUID, err = o.String("uuid"); err != nil {
		note(err)
	} else {
		form("uuid", order.UUID, "a UUID", IsUUID(order.UUID))
	}
	orderType, err := o.String("orderType")
	order.Type = OrderType(orderType)
	if err != nil {
		note(err)
	} else {
		form("orderType", orderType, "ON_PREMISE or TO_GO", order.Type.Same(OnPremise) || order.Type == ToGo)
	}
	if order.Location, err = o.String("locationName"); err != nil {
		note(err)
	} else {
		form("locationName", order.Location, "a string of digits, or empty", order.Location == "" || IsDigits(order.Location))
	}
	state, err := o.String("state")
	order.State = State(state)
	if err != nil {
		note(err)
	} else {
		form("state", state, "started, located or cleared", order.State == Started || order.State == Located || order.State == Cleared)
	}
	order.Created, err = o.Datetime("created")
	note(err)
	order.StateChanged, err = o.Datetime("stateChanged")
	note(err)
	order.Paged, err = o.Bool("paged")
	note(err)
	if order.Elapsed, err = o.Int("elapsedTime"); err != nil {
		note(err)
	} else if order.Elapsed < 0 {
		note(&FieldError{Key: "elapsedTime", Problem: BadForm, Want: "whole seconds, not negative", Got: quote(string(o["elapsedTime"]))})
	}
	return order, errors.Join(problems...)
}
