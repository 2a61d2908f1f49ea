namespace Actors.Log;

/// <summary>What recovery found.</summary>
/// <param name="EndLsn">Where the write-ahead log goes on.</param>
/// <param name="ReplayedBytes">Bytes of write-ahead log that were applied.</param>
/// <param name="Damage">All findings.</param>
/// <param name="IsWalDamaged">Whether the write-ahead log itself is damaged: any log may lack records.</param>
internal sealed record RecoveryResult(long EndLsn, long ReplayedBytes, IReadOnlyList<LogDamage> Damage, bool IsWalDamaged);
