package spec

import (
	"ttcheck/client"
	"ttcheck/protocol"
)

// OrderName returns a name that no order has. What becomes active under it is
// cleared at the end of the scene.
func (c *C) OrderName() string {
	name, err := c.Orders.Take()
	if err != nil {
		c.Broken("%v", err)
	}
	c.Later(func() { c.giveBack(name) })
	return name
}

func (c *C) giveBack(name string) {
	ctx, cancel := c.afterwards()
	defer cancel()
	res := c.clearOrder(ctx, c.Client, name)
	if isCleared(res) || c.isUnknown(ctx, name) {
		c.Orders.Release(name)
	}
}

// Start starts an order of the type without a location and returns it as the
// gateway shows it. Failing to is trouble of the set-up.
func (c *C) Start(kind protocol.OrderType) protocol.Order {
	return c.StartNamed(c.OrderName(), kind, "")
}

// StartNamed starts or locates an order under a name from OrderName.
func (c *C) StartNamed(name string, kind protocol.OrderType, location string) protocol.Order {
	c.mustPost(name, kind, location)
	return c.Order(name)
}

// PostOrder posts an order, with a location unless it is empty, and returns the
// answer whatever it is.
func (c *C) PostOrder(name string, kind protocol.OrderType, location string) *client.Response {
	body := map[string]any{"name": name, "orderType": kind}
	if location != "" {
		body["locationName"] = location
	}
	return c.Post(protocol.PathActiveOrders, body)
}

// mustPost posts an order; failing to is trouble of the set-up.
func (c *C) mustPost(name string, kind protocol.OrderType, location string) {
	c.mustDo(c.PostOrder(name, kind, location), "start or locate order "+name)
}

// Locate moves an order to a location and returns it as the gateway shows it.
func (c *C) Locate(o protocol.Order, location string) protocol.Order {
	c.mustPost(o.Name, o.Type, location)
	return c.Order(o.Name)
}

// Clear clears an order.
func (c *C) Clear(o protocol.Order) {
	c.mustDo(c.Delete(protocol.PathOrder(o.Name)), "clear order "+o.Name)
}

func (c *C) mustDo(res *client.Response, what string) {
	if res.Err != nil || res.Status/100 != 2 {
		c.Cite(res.Exchange)
		c.Broken("the set-up failed: %s: %s", what, res)
	}
}

// Order returns an active order as the gateway shows it, by name or UUID. Failing
// to is trouble of the set-up; fields that are missing or odd are not.
func (c *C) Order(id string) protocol.Order {
	res := c.Get(protocol.PathOrder(id))
	o, err := res.Object()
	if err == nil && res.Status/100 == 2 {
		var item protocol.Object
		if item, err = o.Object("activeorder"); err == nil {
			order, _ := protocol.DecodeOrder(item)
			if order.UUID == "" {
				c.Broken("the set-up failed: order %s has no uuid: %s", id, res)
			}
			return order
		}
	}
	c.Broken("the set-up failed: read order %s: %s", id, res)
	panic("unreachable")
}

// ActiveOrders returns the orders that GET /activeorders lists. Failing to is
// trouble of the set-up.
func (c *C) ActiveOrders() []protocol.Object {
	res := c.Get(protocol.PathActiveOrders)
	o, err := res.Object()
	if err != nil || res.Status/100 != 2 {
		c.Broken("the set-up failed: list active orders: %s", res)
	}
	items, err := o.Objects("items")
	if err != nil {
		c.Broken("the set-up failed: list active orders: %v", err)
	}
	return items
}

// ReturnCode is the returnCode of an answer; 0, which is none, where it has none.
func ReturnCode(res *client.Response) protocol.ReturnCode {
	o, err := res.Object()
	if err != nil {
		return 0
	}
	code, _ := o.Int("returnCode")
	return protocol.ReturnCode(code)
}
