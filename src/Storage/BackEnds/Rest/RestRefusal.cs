namespace Actors.Storage.BackEnds.Rest;

/// <summary>A storage system answered with an error.</summary>
/// <param name="message">What it says.</param>
/// <param name="isNotFound">Whether what was asked for is not there.</param>
/// <param name="isPermanent">Whether it will say the same again.</param>
internal sealed class RestRefusal(string message, bool isNotFound, bool isPermanent) : Exception(message)
{
    public bool IsNotFound { get; } = isNotFound;

    public bool IsPermanent { get; } = isPermanent;
}
