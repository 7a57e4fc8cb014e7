package io.maas;

/** The platform. */
public interface Maas {}
