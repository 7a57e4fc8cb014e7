/** The document that describes every route, for people and for generators of clients. */
package io.maas.http.internal.openapi;
