namespace Actors.Runtime.Tests.Surface;

/// <summary>The visible side of one type, as text: names without namespaces, parameter names and defaults included.</summary>
/// <param name="Name">Full name, nested types with +, arity with `.</param>
/// <param name="Kind">class, struct, interface, enum or delegate, with static, abstract, sealed or ref in front.</param>
/// <param name="Attributes">Those that matter to who uses the type.</param>
/// <param name="Bases">Base class and interfaces.</param>
/// <param name="Members">Public and protected members.</param>
internal sealed record SurfaceType(
    string Name, string Kind, IReadOnlyCollection<string> Attributes, IReadOnlyCollection<string> Bases, IReadOnlyCollection<string> Members);
