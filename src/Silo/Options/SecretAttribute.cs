namespace Actors.Silo.Options;

/// <summary>Marks an option whose value may hold a secret: it is shown masked, in the log and in messages about mistakes.</summary>
/// <param name="harmless">Values that are no secrets and are shown as they stand.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SecretAttribute(params string[] harmless) : Attribute
{
    /// <summary>Values that are no secrets; letter case does not matter.</summary>
    public IReadOnlyList<string> Harmless { get; } = harmless;
}
