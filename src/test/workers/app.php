<?php
// The test application in PHP. php-cgi counts no requests of its own, so the page keeps no count.
$op = $_GET['op'] ?? 'pid';
$n = (int) ($_GET['n'] ?? 0);
header('Content-Type: text/plain');
if ($op === 'sleep') usleep($n * 1000);
if ($op === 'cookies') { setcookie('a', '1'); setcookie('b', '2'); }
echo match ($op) {
    'sum' => hash('sha256', file_get_contents('php://input')),
    'large' => str_repeat('x', $n),
    'cookies' => $_SERVER['HTTP_COOKIE'] ?? '',
    'path' => $_SERVER['PATH_INFO'] ?? '',
    default => getmypid() . ' 0',
};
