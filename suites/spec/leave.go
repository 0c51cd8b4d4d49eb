package spec

import (
	"fmt"
	"slices"
	"strings"
)

// Leave is a permission of the operator to change something on the gateway.
type Leave string

// The permissions of --allow.
const (
	LeaveOrders      Leave = "orders"      // make, page and clear orders of its own, and tokens of its own
	LeaveDestructive Leave = "destructive" // touch what is not its own, such as clearing all orders
	LeaveRobustness  Leave = "robustness"  // hostile and odd input
	LeaveSettings    Leave = "settings"    // change settings of the device
)

// Leaves lists every permission.
var Leaves = []Leave{LeaveOrders, LeaveDestructive, LeaveRobustness, LeaveSettings}

// ParseLeaves reads a list of permissions; "all" stands for every one.
func ParseLeaves(names []string) ([]Leave, error) {
	var leaves []Leave
	for _, name := range names {
		switch {
		case name == "all":
			leaves = append(leaves, Leaves...)
		case slices.Contains(Leaves, Leave(name)):
			leaves = append(leaves, Leave(name))
		default:
			return nil, fmt.Errorf("unknown permission %.40q: use %s or all", name, strings.Join(leaveNames(), ", "))
		}
	}
	return leaves, nil
}

func leaveNames() []string {
	var names []string
	for _, l := range Leaves {
		names = append(names, string(l))
	}
	return names
}

// needLeave tells which permission a need asks for.
var needLeave = map[Need]Leave{
	NeedTokens:      LeaveOrders,
	NeedOrders:      LeaveOrders,
	NeedOrdersLeave: LeaveOrders,
	NeedDestructive: LeaveDestructive,
	NeedSettings:    LeaveSettings,
	NeedRobustness:  LeaveRobustness,
}
