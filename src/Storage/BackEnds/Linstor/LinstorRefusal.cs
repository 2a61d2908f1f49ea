namespace Actors.Storage.BackEnds.Linstor;

/// <summary>The controller answered with an error.</summary>
/// <param name="message">What it says, with its cause and correction.</param>
/// <param name="isNotFound">Whether what was asked for is not there.</param>
internal sealed class LinstorRefusal(string message, bool isNotFound) : Exception(message)
{
    public bool IsNotFound { get; } = isNotFound;
}
