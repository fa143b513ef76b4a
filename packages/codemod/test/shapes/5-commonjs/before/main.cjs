'use strict'

const { setTimeout: pause } = require('node:timers/promises')
const Redis = require('ioredis')
const { default: Redlock, ExecutionError } = require('redlock')

const redis = new Redis(process.env.REDIS_URL)
const redlock = new Redlock([redis], { retryCount: 3, retryDelay: 50, retryJitter: 0 })

async function transfer(from, to) {
  const [one, other] = await Promise.all([redlock.acquire([from], 60_000), redlock.acquire([to], 60_000)])
  try {
    return await redis.exists(from, to)
  } finally {
    await Promise.all([one.release(), other.release()])
  }
}

async function busy(name) {
  const held = await redlock.acquire([name], 60_000)
  try {
    await redlock.acquire([name], 60_000, { retryCount: 0 })
    return 'twice'
  } catch (err) {
    if (err instanceof ExecutionError) return 'busy'
    throw err
  } finally {
    await held.release()
  }
}

async function waits(name) {
  const held = await redlock.acquire([name], 60_000)
  const next = redlock.acquire([name], 60_000, { retryCount: -1, retryDelay: 20, retryJitter: 10 })
  await pause(100)
  await held.release()
  const lock = await next
  await lock.release()
  return 'came next'
}

async function main() {
  console.log(await transfer('x', 'y'))
  console.log(await busy('z'))
  console.log(await waits('z'))
  console.log(await redis.exists('x', 'y', 'z'))
  redis.disconnect()
}

main()
