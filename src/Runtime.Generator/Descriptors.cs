using Microsoft.CodeAnalysis;

namespace Actors.Runtime.Generator;

/// <summary>What the generator finds wrong, each with a sentence that says what to do.</summary>
internal static class Descriptors
{
    public static readonly DiagnosticDescriptor NoCodec = Error(
        "ACTR001", "A type in a grain signature has no codec", "'{0}' of {1} cannot cross a grain call: {2}");

    public static readonly DiagnosticDescriptor MemberWithoutCodec = Error(
        "ACTR002", "A member of a serialisable type has no codec", "'{0}' of {1} cannot be serialised: {2}");

    public static readonly DiagnosticDescriptor ReturnType = Error(
        "ACTR003", "A grain method returns something else than a task", "{0} returns '{1}'; a grain method returns Task, Task<T>, ValueTask or ValueTask<T>");

    public static readonly DiagnosticDescriptor OneWayResult = Error(
        "ACTR004", "A one-way method has a result", "{0} is [OneWay], so nobody waits for its result; let it return Task or ValueTask, or remove [OneWay]");

    public static readonly DiagnosticDescriptor InterfaceShape = Error(
        "ACTR005", "A grain interface has what a call cannot carry", "{0} {1}");

    public static readonly DiagnosticDescriptor GrainClassAttribute = Error(
        "ACTR006", "A grain class is no message", "{0} is a grain class and carries [{1}]; name a grain class with [GrainType(\"…\")], and put [{1}] on its messages and interfaces");

    public static readonly DiagnosticDescriptor DuplicateId = Error(
        "ACTR007", "Two members have the same number", "{0} and {1} both have [Id({2})]; give the newer one a number that was never used in this type");

    public static readonly DiagnosticDescriptor MemberWithoutId = Warning(
        "ACTR008", "A member has no number", "{0} has no [Id(n)] and is lost when {1} is serialised; give it the next free number, or mark it [field: NonSerialized] if it shall be lost");

    public static readonly DiagnosticDescriptor MissingAlias = Warning(
        "ACTR009", "A name on the wire is not fixed", "{0} has no [Alias(\"…\")], so renaming it would break the wire format and stored state");

    public static readonly DiagnosticDescriptor SerializableShape = Error(
        "ACTR010", "A serialisable type has a shape that has no codec", "{0} {1}");

    public static readonly DiagnosticDescriptor DuplicateMethod = Error(
        "ACTR011", "Two methods have the same name on the wire", "{0} and another method are both called '{1}' on the wire; give each overload an [Alias(\"…\")] of its own");

    public static readonly DiagnosticDescriptor MissingGrainType = Warning(
        "ACTR012", "A grain's name in identities and stores is not fixed", "{0} has no [GrainType(\"…\")], so renaming the class would lose the grain's identity and state");

    public static readonly DiagnosticDescriptor StateWithoutCodec = Error(
        "ACTR013", "A grain's state has no codec", "'{0}', the state of {1}, cannot be stored: {2}");

    private static DiagnosticDescriptor Error(string id, string title, string format) =>
        new(id, title, format, "Actors.Runtime", DiagnosticSeverity.Error, isEnabledByDefault: true);

    private static DiagnosticDescriptor Warning(string id, string title, string format) =>
        new(id, title, format, "Actors.Runtime", DiagnosticSeverity.Warning, isEnabledByDefault: true);
}
