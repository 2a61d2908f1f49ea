using Orleans;

namespace Actors.Runtime.Serialization;

/// <summary>Stands for an exception whose own type has no codec here or where it was thrown. Its message is that of the original.</summary>
[GenerateSerializer, Alias("actors.RemoteException")]
public sealed class RemoteException : Exception
{
    private const int MaxDetailCharacters = 16 * 1024;

    private RemoteException(string message, string originalType, string detail)
        : base(message)
    {
        OriginalType = originalType;
        Detail = detail;
    }

    /// <summary>The full name, or the alias, of the type that was thrown.</summary>
    [Id(0)]
    public string OriginalType { get; }

    /// <summary>The original as text, with its stack trace and inner exceptions, shortened; empty when it is not known.</summary>
    [Id(1)]
    public string Detail { get; }

    /// <inheritdoc />
    public override string ToString() => Detail.Length > 0 ? $"{nameof(RemoteException)} of {Detail}" : base.ToString();

    internal static RemoteException Of(Exception original)
    {
        var detail = ExceptionLevel.WellFormed(original.ToString());
        return new RemoteException(
            original.Message,
            original.GetType().FullName ?? original.GetType().Name,
            detail.Length <= MaxDetailCharacters ? detail : ExceptionLevel.WellFormed(detail[..MaxDetailCharacters]));
    }

    internal static RemoteException Unknown(string alias) => new("", alias, "");
}
