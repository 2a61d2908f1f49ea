using Orleans.Runtime;

namespace Actors.Runtime.Invocation;

/// <summary>The generated code of one grain or observer interface.</summary>
/// <param name="InterfaceType">The interface.</param>
/// <param name="Name">Its name on the wire: its alias, or its full name.</param>
/// <param name="Version">From [Version] on the interface; 0 when there is none.</param>
/// <param name="CreateReference">Makes a reference that implements the interface.</param>
/// <param name="Methods">Every method of the interface and of those that it inherits.</param>
public sealed record GrainInterfaceCode(
    Type InterfaceType, string Name, ushort Version, Func<GrainReferenceShared, IdSpan, GrainReference> CreateReference, IReadOnlyList<GrainMethod> Methods);
