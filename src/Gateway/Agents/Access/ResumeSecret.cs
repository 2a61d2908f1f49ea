using System.Security.Cryptography;
using System.Text;
using Actors.Grains.Agents;

namespace Actors.Gateway.Agents;

/// <summary>What resume tokens are signed with while the cluster has no key; silos with the same one honour each other's. Immutable.</summary>
public sealed class ResumeSecret
{
    /// <summary>So that whoever has a resume token does not find out by trying what a short secret is.</summary>
    private const int Iterations = 200_000;

    private ResumeSecret(byte[] key) => Tokens = new AgentTokens(new Dictionary<uint, byte[]> { [0] = key });

    /// <summary>Issues and reads them.</summary>
    internal AgentTokens Tokens { get; }

    /// <summary>One that nobody else has, for a silo that is alone: its resume tokens are good until it ends.</summary>
    public static ResumeSecret Own() => new(RandomNumberGenerator.GetBytes(AgentTokens.MinKeyBytes));

    /// <summary>The same for all who know a text; the text is not found out from it. Takes some tens of milliseconds.</summary>
    /// <param name="text">What the silos of a cluster share.</param>
    public static ResumeSecret SharedBy(string text)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        return new(Rfc2898DeriveBytes.Pbkdf2(text, Encoding.UTF8.GetBytes("actors.agents.resume"), Iterations, HashAlgorithmName.SHA256, AgentTokens.MinKeyBytes));
    }
}
