namespace Actors.Runtime.Generator.Models;

/// <summary>A grain class.</summary>
/// <param name="TypeName">Fully qualified.</param>
internal sealed record GrainClassModel(string TypeName);
