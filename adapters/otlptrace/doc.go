// Package otlptrace sends distributed traces to an OpenTelemetry collector, over HTTP
// and in protobuf (OTLP). It decorates what it watches: whoever is watched need know
// nothing of it. A trace begins with a request, or goes on from the request's W3C
// traceparent; recorded events carry the traceparent of their request on, so that
// what happens to them later belongs to the same trace.
//
// Spans name routes, commands, event types, versions and event IDs. They hold neither
// a cart's ID, which opens a cart without an owner, nor what is in it.
package otlptrace
