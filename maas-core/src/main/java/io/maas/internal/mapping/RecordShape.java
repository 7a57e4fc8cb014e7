package io.maas.internal.mapping;

import io.maas.error.ErrorCode;
import io.maas.error.InvalidInputException;
import io.maas.error.MaasException;
import io.maas.model.TensorSpec;
import io.maas.tensor.Tensors;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A record class and the tensors that its components stand for. */
final class RecordShape<R extends Record> {
    private final Class<R> type;
    private final List<Component> components = new ArrayList<>();
    private final List<MethodHandle> accessors = new ArrayList<>();
    private final MethodHandle constructor;

    private interface Pairing {
        Component pair(TensorSpec spec, Class<?> type, String owner);
    }

    private RecordShape(Class<R> type, List<TensorSpec> specs, MethodHandles.Lookup lookup, Pairing pairing) {
        this.type = type;
        MethodHandles.Lookup access = access(type, lookup);
        try {
            RecordComponent[] all = type.getRecordComponents();
            for (RecordComponent component : all) {
                String owner = type.getSimpleName() + "." + component.getName();
                components.add(pairing.pair(find(specs, component.getName(), owner), component.getType(), owner));
                accessors.add(access.unreflect(component.getAccessor()));
            }
            Class<?>[] types = Arrays.stream(all).map(RecordComponent::getType).toArray(Class<?>[]::new);
            // a record may end in a variable number of elements, whose array must not be wrapped in another
            constructor = access.unreflectConstructor(type.getDeclaredConstructor(types))
                    .asFixedArity();
        } catch (ReflectiveOperationException e) {
            throw new InvalidInputException(
                    ErrorCode.MAPPING,
                    "let records stand for tensors",
                    type.getName() + " cannot be accessed",
                    "make it public in an exported package, or pass MethodHandles.lookup() to as(…)",
                    e);
        }
    }

    /** Pairs the components of {@code type} with the inputs of a model: each input needs one. */
    static <R extends Record> RecordShape<R> given(
            Class<R> type, List<TensorSpec> inputs, MethodHandles.Lookup lookup) {
        RecordShape<R> shape = new RecordShape<>(type, inputs, lookup, Component::given);
        for (TensorSpec input : inputs) {
            List<String> standing = shape.standingFor(input);
            if (standing.isEmpty()) {
                throw refused("the model takes " + input + " and " + type.getSimpleName() + " has no such component");
            } else if (standing.size() > 1) {
                throw refused("the model takes " + input + " once and " + standing + " stand for it");
            }
        }
        return shape;
    }

    private List<String> standingFor(TensorSpec spec) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < components.size(); i++) {
            if (components.get(i).name().equals(spec.name())) {
                names.add(type.getSimpleName() + "." + type.getRecordComponents()[i].getName());
            }
        }
        return names;
    }

    /** Pairs the components of {@code type} with some outputs of a model. */
    static <R extends Record> RecordShape<R> returned(
            Class<R> type, List<TensorSpec> outputs, MethodHandles.Lookup lookup) {
        return new RecordShape<>(type, outputs, lookup, Component::returned);
    }

    /** A lookup that can reach the record: the caller's, or ours where the record's package is open to us. */
    private static MethodHandles.Lookup access(Class<?> type, MethodHandles.Lookup lookup) {
        try {
            RecordShape.class.getModule().addReads(type.getModule());
            return lookup.hasFullPrivilegeAccess()
                    ? lookup
                    : MethodHandles.privateLookupIn(type, MethodHandles.lookup());
        } catch (IllegalAccessException closed) {
            return lookup;
        }
    }

    /** Finds a tensor by the name of a component; {@code outputLabel} also finds {@code output_label}. */
    private static TensorSpec find(List<TensorSpec> specs, String name, String owner) {
        return specs.stream()
                .filter(spec -> spec.name().equals(name))
                .findFirst()
                .or(() -> one(specs, spec -> plain(spec.name()).equals(plain(name))))
                .orElseThrow(() -> refused("the component " + owner + " has no tensor of its name among " + specs));
    }

    private static Optional<TensorSpec> one(List<TensorSpec> specs, Function<TensorSpec, Boolean> test) {
        List<TensorSpec> fitting = specs.stream().filter(test::apply).toList();
        return fitting.size() == 1 ? Optional.of(fitting.get(0)) : Optional.empty();
    }

    private static String plain(String name) {
        return name.replaceAll("[^A-Za-z0-9]", "").toLowerCase(Locale.ROOT);
    }

    private static InvalidInputException refused(String why) {
        return new InvalidInputException(
                ErrorCode.MAPPING,
                "let records stand for tensors",
                why,
                "give the record a component for each tensor, of the same name");
    }

    Tensors toTensors(R value) {
        Tensors.Builder tensors = Tensors.builder();
        for (int i = 0; i < components.size(); i++) {
            Component component = components.get(i);
            Object part = invoke(accessors.get(i), Objects.requireNonNull(value, "input"));
            if (part == null) {
                throw new InvalidInputException(
                        ErrorCode.BAD_INPUT,
                        "make a tensor of a record",
                        "the component of '" + component.name() + "' is null, in a " + type.getSimpleName(),
                        "give a value");
            }
            tensors.add(component.name(), component.toTensor(part));
        }
        return tensors.build();
    }

    R fromTensors(Tensors tensors) {
        Object[] parts = new Object[components.size()];
        for (int i = 0; i < parts.length; i++) {
            Component component = components.get(i);
            parts[i] = component.fromTensor(tensors.get(component.name()));
        }
        return type.cast(Objects.requireNonNull(invoke(constructor, parts)));
    }

    private @Nullable Object invoke(MethodHandle handle, Object... arguments) {
        try {
            return handle.invokeWithArguments(arguments);
        } catch (MaasException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new InvalidInputException(
                    ErrorCode.MAPPING,
                    "use the record " + type.getSimpleName(),
                    "its own code failed, " + e,
                    "look at its constructor",
                    e);
        }
    }
}
