<?php
session_start();
$_SESSION['visits'] = ($_SESSION['visits'] ?? 0) + 1;
$greeting = 'Hello from PHP'; // edit me, save, and reload the page
?>
<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>PHP</title></head>
<body style="font:17px/1.6 system-ui,sans-serif;max-width:44rem;margin:3rem auto;padding:0 1rem">
<h1><?= htmlspecialchars($greeting) ?></h1>
<p>Process <strong id="pid"><?= getmypid() ?></strong> (<?= htmlspecialchars(PHP_SAPI) ?>, PHP <?= PHP_VERSION ?>)
answers you for the <strong><?= $_SESSION['visits'] ?>.</strong> time in this session.</p>
<p>php-cgi stays alive behind its wrapper; the page itself is read at each request, so editing it needs no restart.</p>
<p><a href="/">Back to the example site</a></p></body></html>
