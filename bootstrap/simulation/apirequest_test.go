package simulation_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"github.com/evercart/evercart/core/cart"
)

// request is the order as API Gateway hands it over. The order's ID is the idempotency
// key, in every try. Stage and encoding of the body differ from order to order.
func (o *order) request(number int) events.APIGatewayV2HTTPRequest {
	method, path, query, body := o.route()
	stage := "$default"
	if number%2 == 1 {
		stage, path = "v1", "/v1"+path
	}
	event := events.APIGatewayV2HTTPRequest{
		Version: "2.0", RouteKey: "$default", RawPath: path, RawQueryString: query, Body: body,
		Headers: map[string]string{"idempotency-key": o.id, "host": "api.invalid"},
		RequestContext: events.APIGatewayV2HTTPRequestContext{
			Stage: stage, DomainName: "api.invalid", HTTP: events.APIGatewayV2HTTPRequestContextHTTPDescription{Method: method, Path: path, Protocol: "HTTP/1.1", SourceIP: "192.0.2.1"},
		},
	}
	if body != "" {
		event.Headers["content-type"] = "application/json"
	}
	if number%3 == 0 {
		event.Body, event.IsBase64Encoded = base64.StdEncoding.EncodeToString([]byte(body)), true
	}
	if o.ifMatch > 0 {
		event.Headers["if-match"] = fmt.Sprintf(`"%d"`, o.ifMatch)
	}
	if issuer, subject, named := strings.Cut(o.caller.Subject, "|"); named {
		event.Headers["authorization"] = "Bearer verified"
		event.RequestContext.Authorizer = &events.APIGatewayV2HTTPRequestContextAuthorizerDescription{
			JWT: &events.APIGatewayV2HTTPRequestContextAuthorizerJWTDescription{Claims: map[string]string{"iss": issuer, "sub": subject}},
		}
	}
	return event
}

// route returns the order's request.
func (o *order) route() (method, path, query, body string) {
	path = "/carts/" + o.cart + "/items"
	switch c := o.command.(type) {
	case cart.OpenCart:
		return http.MethodPost, "/carts", "", "{}"
	case cart.AddItem:
		in := map[string]any{"item": c.Item, "quantity": c.Quantity}
		if c.UnitPrice.Currency != "" {
			in["unit_price"] = map[string]any{"amount": c.UnitPrice.Amount, "currency": c.UnitPrice.Currency}
		}
		return http.MethodPost, path, "", jsonText(in)
	case cart.ChangeItemQuantity:
		return http.MethodPatch, path, "", jsonText(map[string]any{"item": c.Item, "quantity": c.Quantity})
	case cart.RemoveItem:
		return http.MethodDelete, path, "item=" + url.QueryEscape(c.Item), ""
	}
	return http.MethodPost, "/carts/" + o.cart + "/close", "", ""
}

func jsonText(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err) // of texts and numbers
	}
	return string(text)
}

// answered reads what API Gateway would send to the shopper. One that is to try again
// has heard nothing.
func (o *order) answered(text []byte) (out outcome, again bool, err error) {
	var answer events.APIGatewayV2HTTPResponse
	if err := json.Unmarshal(text, &answer); err != nil {
		return outcome{}, false, err
	}
	if answer.Headers["Idempotency-Key"] != o.id {
		return outcome{}, false, fmt.Errorf("order %s is answered with key %q", o.id, answer.Headers["Idempotency-Key"])
	}
	if answer.StatusCode < http.StatusMultipleChoices {
		version, err := strconv.ParseInt(strings.Trim(answer.Headers["Etag"], `"`), 10, 64)
		replayed := answer.Headers["Idempotency-Replayed"] == "true"
		return outcome{Version: version, Replayed: replayed, Unsaid: !replayed, Shown: answer.Body}, false, err
	}
	var problem struct{ Code string }
	if err := json.Unmarshal([]byte(answer.Body), &problem); err != nil {
		return outcome{}, false, err
	}
	switch {
	case problem.Code == "try_again":
		return outcome{}, true, nil
	case answer.StatusCode >= http.StatusInternalServerError || problem.Code == "malformed_request":
		return outcome{}, false, fmt.Errorf("order %s is answered %d %s", o.id, answer.StatusCode, answer.Body)
	}
	return outcome{Refused: problem.Code}, false, nil
}
