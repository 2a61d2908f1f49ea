using System.Security.Cryptography;
using System.Text;

namespace Actors.Gateway.Agents;

/// <summary>What whoever runs the silo knows, and nobody who only reaches it: with it tokens are issued. Safe to use from any thread.</summary>
public sealed class HubSecret
{
    private readonly byte[] _text;

    /// <param name="text">The secret as it is sent: ASCII without spaces, of which nobody can guess anything.</param>
    public HubSecret(string text)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        _text = Encoding.UTF8.GetBytes(text);
    }

    /// <summary>Whether somebody knows it. The time that it takes tells nothing but the length.</summary>
    public bool IsKnownTo(string? bearer) => bearer is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(bearer), _text);
}
