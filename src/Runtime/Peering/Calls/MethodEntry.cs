using Actors.Runtime.Invocation;
using Orleans.Runtime;

namespace Actors.Runtime.Peering;

/// <summary>One method of <see cref="MethodTable"/>.</summary>
/// <param name="Method">The method.</param>
/// <param name="Name">Interface and method as they are on the wire, in UTF-8.</param>
/// <param name="Interface">The interface that declares it.</param>
internal sealed record MethodEntry(GrainMethod Method, byte[] Name, GrainInterfaceType Interface);
