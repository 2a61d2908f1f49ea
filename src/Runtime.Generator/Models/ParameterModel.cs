namespace Actors.Runtime.Generator.Models;

/// <summary>A parameter of a grain method.</summary>
/// <param name="Name">Its name in the source, escaped.</param>
/// <param name="Codec">The codec of its type.</param>
/// <param name="CopiesByReference">A call within the silo shares the value.</param>
internal sealed record ParameterModel(string Name, CodecUse Codec, bool CopiesByReference);
