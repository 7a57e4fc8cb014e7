package io.maas.internal.mapping;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.model.Dim;
import io.maas.model.TensorSpec;
import io.maas.tensor.Shape;
import io.maas.tensor.Tensor;
import java.lang.reflect.Array;
import java.util.Arrays;

/**
 * A component of a record and the tensor that it stands for. The record is one row: a free first dimension is 1, and the
 * component has the dimensions after it, as nested arrays.
 */
final class Component {
    private final TensorSpec spec;
    private final Class<?> leaf;
    private final int rank;
    private final boolean rows;

    /**
     * Checks the pair.
     *
     * @param owner the component, for messages
     */
    private Component(TensorSpec spec, Class<?> type, String owner) {
        this.spec = spec;
        this.rows = spec.rank() > 0 && spec.dims().get(0) instanceof Dim.Named;
        Class<?> inner = type;
        int depth = 0;
        while (inner.isArray()) {
            inner = inner.getComponentType();
            depth++;
        }
        this.leaf = inner;
        this.rank = depth;
        int expected = rows ? spec.rank() - 1 : spec.rank();
        if (depth != expected) {
            throw refused(owner, type, "needs " + expected + " dimensions and the component has " + depth, spec);
        }
    }

    static Component given(TensorSpec spec, Class<?> type, String owner) {
        Component component = new Component(spec, type, owner);
        if (!Elements.canGive(component.leaf, spec.type())) {
            throw refused(owner, type, "takes no " + component.leaf.getSimpleName(), spec);
        }
        return component;
    }

    static Component returned(TensorSpec spec, Class<?> type, String owner) {
        Component component = new Component(spec, type, owner);
        if (!Elements.canReturn(spec.type(), component.leaf)) {
            throw refused(owner, type, "does not fit into a " + component.leaf.getSimpleName(), spec);
        }
        return component;
    }

    private static InvalidInputException refused(String owner, Class<?> type, String why, TensorSpec spec) {
        return new InvalidInputException(
                ErrorCode.MAPPING,
                "let records stand for tensors",
                "the tensor " + spec + " " + why + ", in the component " + owner + " of type " + type.getSimpleName(),
                "change the component's type");
    }

    String name() {
        return spec.name();
    }

    Tensor toTensor(Object value) {
        Object flat;
        long[] dims;
        if (rank == 0) {
            flat = Array.newInstance(leaf, 1);
            Array.set(flat, 0, value);
            dims = new long[0];
        } else {
            dims = new long[rank];
            flat = Nested.flatten(value, leaf, dims, spec.name());
        }
        if (flat instanceof String[] texts && Arrays.asList(texts).contains(null)) {
            throw new InvalidInputException(
                    ErrorCode.BAD_INPUT,
                    "make a tensor of a record",
                    "a text in the component of '" + spec.name() + "' is null",
                    "give a value");
        }
        long[] shape = rows ? new long[rank + 1] : dims;
        if (rows) {
            shape[0] = 1;
            System.arraycopy(dims, 0, shape, 1, rank);
        }
        Tensor tensor = Elements.give(flat, spec.type());
        return tensor.reshape(shape);
    }

    Object fromTensor(Tensor tensor) {
        Shape shape = tensor.shape();
        if (tensor.type() != spec.type() || shape.rank() != spec.rank() || (rows && shape.dim(0) != 1)) {
            throw new InvalidInputException(
                    ErrorCode.MAPPING,
                    "make a record of an answer",
                    "the tensor '" + spec.name() + "' is " + tensor.type() + shape + ", expected one row of " + spec,
                    "use tensors rather than records for this model");
        }
        Object flat = Elements.returned(tensor, leaf);
        if (rank == 0) {
            return Array.get(flat, 0);
        }
        long[] dims = shape.toArray();
        return Nested.unflatten(flat, leaf, rows ? Arrays.copyOfRange(dims, 1, dims.length) : dims);
    }
}
