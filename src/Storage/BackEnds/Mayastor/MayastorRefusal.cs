namespace Actors.Storage.BackEnds.Mayastor;

/// <summary>Mayastor answered with an error.</summary>
/// <param name="kind">Its word for it (RestJsonError.kind).</param>
/// <param name="message">What it says.</param>
internal sealed class MayastorRefusal(string kind, string message) : Exception($"{message} ({kind})")
{
    public bool IsNotFound { get; } = kind == "NotFound";

    /// <summary>Whether it will say the same again.</summary>
    public bool IsPermanent { get; } = kind is "InvalidArgument" or "ResourceExhausted" or "PermissionDenied" or "Unauthorized" or "Unauthenticated" or "Unimplemented"
        or "OutOfRange" or "CapacityLimitExceeded" or "NotAcceptable" or "Deserialize";
}
