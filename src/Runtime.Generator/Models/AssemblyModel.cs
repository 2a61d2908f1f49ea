namespace Actors.Runtime.Generator.Models;

/// <summary>What generated code needs to know of the assembly that it becomes part of.</summary>
/// <param name="Namespace">The namespace of all generated code.</param>
/// <param name="SeesRuntimeInternals">Overrides of members that are "protected internal" in the runtime are so too.</param>
internal sealed record AssemblyModel(string Namespace, bool SeesRuntimeInternals);
