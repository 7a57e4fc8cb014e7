package io.maas;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The rooms of the house and the doors between them. */
@AnalyzeClasses(packages = "io.maas", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String[] API = {
        "io.maas.error", "io.maas.tensor", "io.maas.model", "io.maas.repository", "io.maas.predict", "io.maas.spi"
    };

    @ArchTest
    static final ArchRule errorsKnowNothing = room("io.maas.error");

    @ArchTest
    static final ArchRule tensorsKnowErrors = room("io.maas.tensor", "io.maas.error");

    @ArchTest
    static final ArchRule modelsKnowTensors = room("io.maas.model", "io.maas.tensor", "io.maas.error");

    @ArchTest
    static final ArchRule repositoriesKnowModels =
            room("io.maas.repository", "io.maas.model", "io.maas.tensor", "io.maas.error");

    @ArchTest
    static final ArchRule predictorsKnowModels =
            room("io.maas.predict", "io.maas.model", "io.maas.tensor", "io.maas.error");

    @ArchTest
    static final ArchRule theSpiKnowsModels = room("io.maas.spi", "io.maas.model", "io.maas.tensor", "io.maas.error");

    /** A room may use itself, the rooms named, and the JDK. */
    private static ArchRule room(String room, String... others) {
        DescribedPredicate<JavaClass> ours = resideInAPackage("io.maas..");
        DescribedPredicate<JavaClass> allowed =
                resideInAPackage(room).or(resideInAnyPackage(others)).or(DescribedPredicate.not(ours));
        return classes().that().resideInAPackage(room).should().onlyDependOnClassesThat(allowed);
    }

    @ArchTest
    static final ArchRule theApiShowsNoJackson = noClasses()
            .that()
            .resideInAnyPackage(API)
            .or()
            .resideInAPackage("io.maas")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.fasterxml..");

    @ArchTest
    static final ArchRule onlyTheTopTiesTheApiToTheInside = noClasses()
            .that()
            .resideInAnyPackage(API)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.maas.internal..");

    @ArchTest
    static final ArchRule theInsideDoesNotKnowTheTop = noClasses()
            .that()
            .resideInAPackage("io.maas.internal..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.maas");

    @ArchTest
    static final ArchRule theRoomsInsideHaveNoCycles =
            slices().matching("io.maas.internal.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule theRoomsOutsideHaveNoCycles =
            slices().matching("io.maas.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule onlySettingsAskTheEnvironment = noClasses()
            .that()
            .doNotHaveSimpleName("Settings")
            .should()
            .callMethod(System.class, "getenv", String.class)
            .orShould()
            .callMethod(System.class, "getProperty", String.class)
            .orShould()
            .callMethod(System.class, "getProperty", String.class, String.class);
}
